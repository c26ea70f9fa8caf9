// Which domains an association wants private zones for: which of its options go together.

import { isDomainName } from '../domain-name.ts';
import type { Draft } from '../draft.ts';
import type { DnsOptions } from '../records/lattice.ts';
import type { InvalidField } from '../refusal.ts';

/** The preferences that a list of domains belongs to (API Reference: DnsOptions). */
const withDomains: readonly string[] = ['VERIFIED_DOMAINS_AND_SPECIFIED_DOMAINS', 'SPECIFIED_DOMAINS_ONLY'];

/** What is wrong with `options`: a list of domains without a preference for it or the other way round, and what is no domain; `*.` may precede one. */
export function wrongDnsOptions(options: Draft<DnsOptions> | undefined): readonly InvalidField[] {
  if (options === undefined) return [];
  const { privateDnsPreference = 'VERIFIED_DOMAINS_ONLY', privateDnsSpecifiedDomains: domains } = options;
  const name = 'dnsOptions.privateDnsSpecifiedDomains';
  const takesDomains = withDomains.includes(privateDnsPreference);
  if (takesDomains && domains === undefined) return [{ name, message: `${privateDnsPreference} needs domains` }];
  const listed = domains ?? [];
  return [
    ...(takesDomains || domains === undefined ? [] : [{ name, message: `${privateDnsPreference} takes no domains` }]),
    ...listed.flatMap((domain, index) =>
      // A wildcard stands for a label.
      isDomainName(domain.replace(/^\*(?=\.)/, 'any'))
        ? []
        : [{ name: `${name}[${index}]`, message: `${domain} is not a domain name` }],
    ),
  ];
}
