// Reads one principal of pergola.yaml: an access key with its owner.

import { resolve } from 'node:path';
import type { ConfiguredPrincipal } from '../../domain/iam/index.ts';
import { parsePolicy } from '../../policy/index.ts';
import type { Place, YamlReader } from './yaml-reader.ts';

/** Where secrets outside of the file come from. Paths are absolute; `readFile` throws when it cannot. */
export interface SecretSources {
  readFile(path: string): string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What relative paths start from. */
  readonly folder: string;
}

/** What a principal may do for whom the file says nothing of it. */
const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

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
    const parsed = parsePolicy(JSON.stringify(policy ?? null), 'identity');
    if (!parsed.ok)
      for (const { pointer, message } of parsed.problems)
        reader.refuse(one, `no policy: at ${pointer || '/'}: ${message}`);
    return policy;
  });
  if (arn === undefined || accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { arn, accessKeyId, secretAccessKey, policies: policyPlace === undefined ? [everything] : policies };
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
