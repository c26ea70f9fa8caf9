// Reads pergola.yaml: text to a checked configuration, or everything that is wrong with it.

import { dirname, resolve } from 'node:path';
import { awsQuotas, type QuotaLimits, type QuotaName } from '../../domain/index.ts';
import {
  defaultAccount,
  defaultRegion,
  type Configuration,
  type ConfiguredAccount,
  type DescribedVpc,
} from './configuration.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { readLoadBalancers } from './read-load-balancers.ts';
import { readFunction } from './read-function.ts';
import { readRateLimits } from './read-rate-limits.ts';
import { readPrincipal, type SecretSources } from './read-principal.ts';
import { readTargetTls } from './read-target-tls.ts';
import { readVpc } from './read-vpc.ts';
import { createYamlReader, type Place, type YamlReader } from './yaml-reader.ts';

const keys = [
  'regions',
  'accounts',
  'principals',
  'vpcs',
  'loadBalancers',
  'functions',
  'certificates',
  'targetTls',
  'limits',
  'quotas',
  'rateLimits',
  'apiHosts',
] as const;

/** The longest delay of a timer, in milliseconds. */
const mostLimit = 2 ** 31 - 1;

/** The configuration of a server that is given no file. */
export const emptyConfiguration: Configuration = {
  regions: [defaultRegion],
  accounts: [],
  principals: [],
  vpcs: [],
  loadBalancers: [],
  functions: [],
  apiHosts: [],
  targetTls: { verify: false },
  limits: defaultLimits,
  quotas: {},
  rateLimits: {},
};

/**
 * Reads the text of the file at `path`. Each problem is `path:line: ` and a sentence that says what would be right.
 * Relative paths in the file start from its folder, which is also where the commands of instances run.
 */
export function readConfiguration(
  path: string,
  text: string,
  deps: Pick<SecretSources, 'readFile' | 'environment'>,
): { readonly configuration: Configuration } | { readonly problems: readonly string[] } {
  const reader = createYamlReader(path, text);
  const fields = reader.fields(reader.root, keys) ?? new Map<(typeof keys)[number], Place>();
  const folder = dirname(resolve(path));
  const regions = readRegions(reader, fields.get('regions'));
  const accounts = readAccounts(reader, fields.get('accounts'));
  const ids = new Map([[defaultAccount, defaultAccount]]);
  for (const { id, alias } of accounts) {
    ids.set(id, id);
    if (alias !== undefined) ids.set(alias, id);
  }
  const principalPlaces = reader.list(fields.get('principals'));
  const principals = principalPlaces.flatMap(
    (place) => readPrincipal(reader, place, (id) => ids.get(id) === id, { ...deps, folder }) ?? [],
  );
  reader.refuseRepeated(principalPlaces, 'accessKeyId');
  const vpcs: DescribedVpc[] = [];
  for (const place of reader.list(fields.get('vpcs'))) {
    const vpc = readVpc(reader, place, { regions, accounts: ids, defaultAccount, folder });
    if (vpc === undefined) continue;
    const twin = vpcs.find((other) => (['name', 'account', 'region'] as const).every((key) => other[key] === vpc[key]));
    if (twin !== undefined) reader.refuse(place, `there is a VPC ${vpc.name} already, at ${twin.place}`);
    const { attachment } = vpc;
    if (attachment?.kind === 'loopback' && attachment.n !== undefined) {
      const other = vpcs.find((one) => one.attachment?.kind === 'loopback' && one.attachment.n === attachment.n);
      if (other !== undefined) reader.refuse(place, `the loopback number ${attachment.n} is ${other.name}'s`);
    }
    vpcs.push(vpc);
  }
  const loadBalancers = readLoadBalancers(reader, fields.get('loadBalancers'));
  const functionPlaces = reader.list(fields.get('functions'));
  const functions = functionPlaces.flatMap((place) => readFunction(reader, place, folder) ?? []);
  reader.refuseRepeated(functionPlaces, 'arn');
  const certificates = fields.get('certificates');
  if (certificates !== undefined && reader.list(certificates).length > 0)
    reader.refuse(certificates, 'not supported yet: leave certificates out');
  const apiHosts = reader
    .list(fields.get('apiHosts'))
    .flatMap((place) => reader.matching(place, /^[\w.-]+$/, 'a host name (without a port)')?.toLowerCase() ?? []);
  const targetTls = readTargetTls(reader, fields.get('targetTls'), { readFile: deps.readFile, folder });
  const limits = readLimits(reader, fields.get('limits'));
  const quotas = readQuotas(reader, fields.get('quotas'));
  const rateLimits = readRateLimits(reader, fields.get('rateLimits'));
  if (reader.problems.length > 0) return { problems: reader.problems };
  return {
    configuration: {
      regions,
      accounts,
      principals,
      vpcs,
      functions,
      loadBalancers,
      apiHosts,
      targetTls,
      limits,
      quotas,
      rateLimits,
    },
  };
}

function readRegions(reader: YamlReader, place: Place | undefined): [string, ...string[]] {
  const places = reader.list(place, 1);
  const regions = places.flatMap(
    (one) => reader.matching(one, /^[a-z]{2}(-[a-z]+)+-\d+$/, 'the name of a region, like us-east-1') ?? [],
  );
  places.forEach((one, i) => {
    const region = reader.json(one);
    if (places.slice(0, i).some((other) => reader.json(other) === region))
      reader.refuse(one, `${region} is listed twice`);
  });
  const [first = defaultRegion, ...others] = regions;
  return [first, ...others];
}

function readAccounts(reader: YamlReader, place: Place | undefined): ConfiguredAccount[] {
  const places = reader.list(place);
  const accounts = places.flatMap((one) => {
    const fields = reader.fields(one, ['id', 'alias']);
    if (fields === undefined) return [];
    const id = reader.matching(reader.need(one, fields, 'id'), /^\d{12}$/, 'an account id of 12 digits');
    // An alias has a letter, so that it is never taken for an id (IAM User Guide: account alias).
    const alias = reader.matching(
      fields.get('alias'),
      /^(?=.*[a-z])[a-z0-9]([a-z0-9-]{1,61})[a-z0-9]$/,
      'an alias: 3 to 63 small letters, digits and "-"',
    );
    return id === undefined ? [] : [alias === undefined ? { id } : { id, alias }];
  });
  reader.refuseRepeated(places, 'id');
  reader.refuseRepeated(places, 'alias');
  return accounts;
}

function readLimits(reader: YamlReader, place: Place | undefined): Limits {
  const names = Object.keys(defaultLimits) as (keyof Limits)[];
  const set: Partial<Record<keyof Limits, number>> = {};
  for (const [name, one] of reader.fields(place, names) ?? []) {
    // Of a length nothing depends but a comparison.
    const value = reader.integer(
      one,
      name === 'accessLogFiles' ? 0 : 1,
      name === 'maxRequestBody' ? Number.MAX_SAFE_INTEGER : mostLimit,
    );
    if (value !== undefined) set[name] = value;
  }
  return { ...defaultLimits, ...set };
}

function readQuotas(reader: YamlReader, place: Place | undefined): Partial<QuotaLimits> {
  const names = Object.keys(awsQuotas) as QuotaName[];
  const set: Partial<Record<QuotaName, number>> = {};
  for (const [name, one] of reader.fields(place, names) ?? []) {
    const value = reader.integer(one, 0, Number.MAX_SAFE_INTEGER);
    if (value !== undefined) set[name] = value;
  }
  return set;
}
