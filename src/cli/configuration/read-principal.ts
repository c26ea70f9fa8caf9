// Reads one principal of pergola.yaml: an access key with its owner.

import { resolve } from 'node:path';
import type { ConfiguredPrincipal } from '../../domain/iam/index.ts';
import type { Place, YamlReader } from './yaml-reader.ts';

/** Where secrets outside of the file come from. Paths are absolute; `readFile` throws when it cannot. */
export interface SecretSources {
  readFile(path: string): string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What relative paths start from. */
  readonly folder: string;
}

/** Undefined when something is wrong, which the reader then knows. `isAccount`: whether the file has that account. */
export function readPrincipal(
  reader: YamlReader,
  place: Place,
  isAccount: (id: string) => boolean,
  sources: SecretSources,
): ConfiguredPrincipal | undefined {
  const fields = reader.fields(place, ['arn', 'accessKeyId', 'secretAccessKey', 'policies']);
  if (fields === undefined) return undefined;
  const arnPlace = reader.need(place, fields, 'arn');
  const arn = reader.matching(
    arnPlace,
    /^arn:aws(-[a-z-]+)?:(iam|sts)::\d{12}:.+$/,
    'the ARN of a principal: arn:aws:iam::ACCOUNT:user/NAME',
  );
  const account = arn?.split(':')[4];
  if (arnPlace !== undefined && account !== undefined && !isAccount(account))
    reader.refuse(arnPlace, `the account ${account} is not among accounts`);
  const accessKeyId = reader.matching(
    reader.need(place, fields, 'accessKeyId'),
    /^\w{3,128}$/,
    'an access key id: 3 to 128 letters, digits and _',
  );
  const secretAccessKey = readSecret(reader, reader.need(place, fields, 'secretAccessKey'), sources);
  const policyPlace = fields.get('policies');
  const policies = reader.list(policyPlace).map((one) => {
    const policy = reader.json(one);
    if (!grantsAll(policy))
      reader.refuse(
        one,
        'identity policies are not evaluated yet, a configured principal may do everything: leave policies out, or say Allow, Action "*", Resource "*"',
      );
    return policy;
  });
  if (arn === undefined || accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { arn, accessKeyId, secretAccessKey, policies };
}

/** A secret: its text, `{ file }` or `{ env }`. */
function readSecret(reader: YamlReader, place: Place | undefined, sources: SecretSources): string | undefined {
  if (place === undefined) return undefined;
  if (typeof reader.json(place) !== 'object') return reader.text(place);
  const fields = reader.fields(place, ['file', 'env']);
  const file = reader.text(fields?.get('file'));
  const env = reader.text(fields?.get('env'));
  if ((file === undefined) === (env === undefined))
    return reader.refuse(place, 'a secret is a text, or { file: PATH }, or { env: NAME }');
  if (env !== undefined) {
    const value = sources.environment[env] ?? '';
    return value === '' ? reader.refuse(place, `the environment has no ${env}`) : value;
  }
  const path = resolve(sources.folder, file ?? '');
  try {
    const value = sources.readFile(path).trim();
    return value === '' ? reader.refuse(place, `${path} is empty`) : value;
  } catch (error) {
    return reader.refuse(place, `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Whether the one statement of the policy allows everything. */
function grantsAll(policy: unknown): boolean {
  const statement = (policy as { readonly Statement?: unknown } | null)?.Statement;
  const [only, ...others] = Array.isArray(statement) ? (statement as unknown[]) : [statement];
  const { Effect, Action, Resource, ...conditions } = (only ?? {}) as Readonly<Record<string, unknown>>;
  const isAll = (value: unknown): boolean => JSON.stringify([value].flat()) === '["*"]';
  return (
    others.length === 0 &&
    Effect === 'Allow' &&
    isAll(Action) &&
    isAll(Resource) &&
    Object.keys(conditions).every((key) => key === 'Sid')
  );
}
