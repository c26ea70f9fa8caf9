// `pergola explain`: asks a server what would become of a request, or what became of one, and why, and prints that for people or as JSON.

import { parseArgs } from 'node:util';
import { readQuestion, type Explanation, type LoggedExplanation } from '../explain/index.ts';
import { callApi, formatApiError } from './api-client.ts';
import { failureStatus, type CommandIo } from './command-io.ts';
import { formatExplanation } from './format-explanation.ts';
import { formatLoggedExplanation } from './format-logged-explanation.ts';
import { findServer, serverOptions } from './server-file.ts';

/** How `pergola explain` is called. */
export const explainUsage = `usage: npx pergola explain --vpc ID_OR_NAME [--as ARN] [--address IP] [-H 'name: value']… [--json] [--data DIR | --api HOST:PORT] METHOD URL
       npx pergola explain [--json] [--data DIR | --api HOST:PORT] REQUEST_ID
  URL is like http://NAME[:PORT]/path?query, as a client in the VPC would ask. Nothing is sent.
  --address says which client: its security groups are asked, and policies see its address. Without it the verdict says which groups may drop it.
  REQUEST_ID is the x-amzn-requestid of a response of the last hour.
`;

/** Prints what `POST /-/explain` answers. Resolves with the exit status: 0 also when the request would be refused. */
export async function explain(args: readonly string[], io: CommandIo): Promise<number> {
  try {
    const { wish, json, options } = parseExplain(args);
    const server = findServer(options, io.environment);
    const answer = await callApi(server, { method: 'POST', path: '/-/explain', body: wish }, io.now());
    if (answer.status !== 200) {
      io.err(`pergola explain: ${formatApiError(answer)}\n`);
      return 1;
    }
    if (json) io.out(`${JSON.stringify(answer.body, undefined, 2)}\n`);
    else if ('requestId' in wish) io.out(formatLoggedExplanation(answer.body as LoggedExplanation));
    else io.out(formatExplanation(answer.body as Explanation));
    return 0;
  } catch (error) {
    return failureStatus(error, 'explain', explainUsage, io);
  }
}

function parseExplain(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      ...serverOptions,
      ...{ vpc: text, as: text, address: text, json: { type: 'boolean' } },
      header: { type: 'string', short: 'H', multiple: true },
    },
    allowPositionals: true,
  });
  const { vpc, as, address, header: headers = [], json = false, ...options } = values;
  const [method, url, ...more] = positionals;
  if (method !== undefined && url === undefined) {
    if (vpc !== undefined || as !== undefined || address !== undefined || headers.length > 0)
      throw misuse('there must be one METHOD and one URL; a REQUEST_ID stands alone');
    return { wish: { requestId: method }, json, options };
  }
  if (vpc === undefined) throw misuse('--vpc is missing');
  if (method === undefined || url === undefined || more.length > 0)
    throw misuse('there must be one METHOD and one URL, or one REQUEST_ID');
  const read = readQuestion({ vpcId: vpc, method, url, headers });
  if ('problem' in read) throw misuse(read.problem);
  return { wish: { vpc, as, address, method, url, headers }, json, options };
}

function misuse(message: string): Error {
  return Object.assign(new TypeError(message), { code: 'ERR_PARSE_ARGS_EXPLAIN' });
}
