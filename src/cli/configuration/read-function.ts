// Reads one function of pergola.yaml.

import { resolve } from 'node:path';
import { parseFunctionArn, type FunctionSpec } from '../../workload/functions/index.ts';
import type { Place, YamlReader } from './yaml-reader.ts';

/** Lambda's limits: 900 seconds; 1,000 environments are an account's default. */
const mostSeconds = 900;
const mostEnvironments = 1000;

/** Lambda's default time-out, in seconds. */
const defaultSeconds = 3;

/** Undefined when something about it is wrong. Relative directories start from `folder`. */
export function readFunction(reader: YamlReader, place: Place, folder: string): FunctionSpec | undefined {
  const keys = ['arn', 'command', 'directory', 'environment', 'concurrency', 'timeout', 'endpoint'] as const;
  const fields = reader.fields(place, keys);
  if (fields === undefined) return undefined;
  const arnPlace = reader.need(place, fields, 'arn');
  const arn = reader.text(arnPlace);
  const parts = arn === undefined ? undefined : parseFunctionArn(arn);
  if (arnPlace !== undefined && arn !== undefined && parts?.unqualified !== arn)
    reader.refuse(
      arnPlace,
      `${arn} is not the ARN of a function without version or alias, like arn:aws:lambda:us-east-1:123456789012:function:quote`,
    );
  const timeout = 1000 * (reader.integer(fields.get('timeout'), 1, mostSeconds) ?? defaultSeconds);
  const commandPlace = fields.get('command');
  const endpointPlace = fields.get('endpoint');
  if ((commandPlace === undefined) === (endpointPlace === undefined))
    reader.refuse(place, 'a function needs either a command or an endpoint');
  if (endpointPlace !== undefined) {
    for (const key of ['directory', 'environment', 'concurrency'] as const) {
      const one = fields.get(key);
      if (one !== undefined) reader.refuse(one, `${key} belongs to a command, and there is none`);
    }
    const text = reader.text(endpointPlace);
    const url = text === undefined ? undefined : invokeUrl(text, parts?.name ?? '');
    if (text !== undefined && url === undefined)
      reader.refuse(endpointPlace, `${text} is not a URL like http://127.0.0.1:9000`);
    return arn === undefined || url === undefined ? undefined : { kind: 'endpoint', arn, url, timeout };
  }
  const command = reader.list(commandPlace, 1).flatMap((one) => reader.text(one) ?? []);
  const environment = Object.fromEntries(
    [...(reader.entries(fields.get('environment')) ?? [])].map(([key, one]) => [key, reader.text(one) ?? '']),
  );
  const concurrency = reader.integer(fields.get('concurrency'), 1, mostEnvironments) ?? 1;
  const directory = resolve(folder, reader.text(fields.get('directory')) ?? '.');
  return arn === undefined
    ? undefined
    : { kind: 'command', arn, command, directory, environment, concurrency, timeout };
}

/** Where an invocation is posted: a URL with a path is taken as it is, one without gets the path of the Invoke API. */
function invokeUrl(text: string, name: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  if (url.pathname === '/') url.pathname = `/2015-03-31/functions/${name}/invocations`;
  return url.href;
}
