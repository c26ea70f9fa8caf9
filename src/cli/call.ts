// `pergola call`: one signed request to a service, as curl would send it.

import { readFileSync, writeFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { parseArgs } from 'node:util';
import { failureStatus, type CommandIo } from './command-io.ts';
import { serverOptions } from './server-file.ts';
import { credentialsOf, NoCredentials } from './signing/credentials.ts';
import { localAddressOf, lookupOf, signServiceRequest } from './signing/service-request.ts';

/** How `pergola call` is called. */
export const callUsage = `usage: npx pergola call [-X METHOD] [-H 'NAME: VALUE']... [-d TEXT | -d @FILE] [-i] [-f] [-o FILE] [--as ROLE-ARN] [--region REGION] [--data DIR | --api HOST:PORT] URL
  Signs with the SDK's standard credential chain, the key of the server that is named, or as ROLE-ARN. In a VPC: npx pergola exec --vpc VPC -- npx pergola call URL
`;

/** The method, header lines and body of a call. */
interface Asked {
  readonly url: URL;
  readonly method: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer | undefined;
}

/** The call cannot be made as it was given. */
class WrongCall extends Error {
  readonly code = 'ERR_PARSE_ARGS_CALL';
}

/** Sends the request and prints the answer's body. Resolves with the exit status: 1 when no answer came, or with -f one of 400 and more. */
export async function call(args: readonly string[], io: CommandIo): Promise<number> {
  try {
    const text = { type: 'string' } as const;
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        ...serverOptions,
        ...{ as: text, region: text, method: { ...text, short: 'X' }, body: { ...text, short: 'd' } },
        ...{ header: { ...text, short: 'H', multiple: true }, output: { ...text, short: 'o' } },
        ...{ include: { type: 'boolean', short: 'i' }, fail: { type: 'boolean', short: 'f' } },
      },
      allowPositionals: true,
    });
    const asked = readCall(positionals, values);
    const region = values.region ?? io.environment['AWS_REGION'] ?? io.environment['AWS_DEFAULT_REGION'] ?? 'us-east-1';
    const credentials = await credentialsOf(values, io.environment, () => io.now())();
    const { url, method, body } = asked;
    const headers = signServiceRequest(
      {
        ...{ method, target: `${url.pathname}${url.search}`, host: url.host },
        headers: [...asked.headers, ...(body === undefined ? [] : [['content-length', String(body.length)] as const])],
      },
      credentials,
      region,
      io.now(),
    );
    const answer = await send(asked, headers, io.environment);
    const head = `HTTP/${answer.httpVersion} ${answer.statusCode} ${answer.statusMessage}\n${formatHeaders(answer.rawHeaders)}\n`;
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk as Buffer);
    if (values.include === true) io.out(head);
    if (values.output === undefined) process.stdout.write(Buffer.concat(chunks));
    else writeFileSync(values.output, Buffer.concat(chunks));
    return values.fail === true && (answer.statusCode ?? 0) >= 400 ? 1 : 0;
  } catch (error) {
    if (error instanceof NoCredentials) {
      io.err(`pergola call: ${error.message}\n`);
      return 1;
    }
    return failureStatus(error, 'call', callUsage, io);
  }
}

function readCall(
  [text, ...more]: readonly string[],
  values: { readonly method?: string; readonly body?: string; readonly header?: readonly string[] },
): Asked {
  const url = text === undefined ? null : URL.parse(text);
  if (url === null || more.length > 0)
    throw new WrongCall(text === undefined ? 'there is no URL' : `${[text, ...more].join(' ')} is no URL`);
  if (url.protocol !== 'http:') throw new WrongCall(`${text} is not served: listeners speak HTTP`);
  const headers = (values.header ?? []).map((line) => {
    const [, name = '', value = ''] = /^([!#$%&'*+\-.^_`|~\w]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/.exec(line) ?? [];
    if (name === '') throw new WrongCall(`${JSON.stringify(line)} is no header: NAME: VALUE`);
    return [name.toLowerCase(), value] as const;
  });
  const body = values.body === undefined ? undefined : readBody(values.body);
  return { url, headers, body, method: values.method ?? (body === undefined ? 'GET' : 'POST') };
}

function readBody(given: string): Buffer {
  if (!given.startsWith('@')) return Buffer.from(given);
  try {
    return readFileSync(given.slice(1));
  } catch (error) {
    throw new WrongCall(`${given.slice(1)} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function send(
  { url, method, body }: Asked,
  headers: readonly (readonly [string, string])[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        ...{ host: url.hostname, port: url.port === '' ? 80 : Number(url.port), path: `${url.pathname}${url.search}` },
        ...{ method, headers: headers.flat(), agent: false, lookup: lookupOf(environment) },
        ...localAddressOf(environment),
      },
      resolve,
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

function formatHeaders(raw: readonly string[]): string {
  let text = '';
  for (let i = 0; i + 1 < raw.length; i += 2) text += `${raw[i]}: ${raw[i + 1]}\n`;
  return text;
}
