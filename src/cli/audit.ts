// `pergola audit`: finds audit events of a running server and prints them for people or as JSON lines.

import { setTimeout as sleep } from 'node:timers/promises';
import { callApi, formatApiError } from './api-client.ts';
import { parseMoment } from './audit-moment.ts';
import { failureStatus, parseOptions, type CommandIo } from './command-io.ts';
import { formatAuditRecord, type AuditRecord } from './format-audit.ts';
import { findServer, serverOptions, type Server } from './server-file.ts';

/** How `pergola audit` is called. */
export const auditUsage = `usage: npx pergola audit [--since TIME] [--until TIME] [--name EVENT] [--user NAME] [--resource ID-OR-ARN] [--json] [--follow] [--data DIR | --api HOST:PORT]
  TIME is like 2026-01-02T03:04:05Z, or an age: 90s, 15m, 2h, 3d; --since 1h when not said. Calls of LookupEvents are shown when named.
`;

/** The most events that one search shows: those before them are left out, which standard error says. */
const MOST_EVENTS = 10_000;

/** How long --follow waits between looks, and how far it looks back: an event has the time when its call began. Milliseconds. */
const LOOK = 1000;
const LOOK_BACK = 60_000;

/** The call. */
const lookupEvents = { service: 'cloudtrail', operation: 'CloudTrail_20131101.LookupEvents' } as const;

/** What an event is filtered by; the first that is given goes to the server, which takes one. */
interface Wanted {
  readonly resource: string | undefined;
  readonly name: string | undefined;
  readonly user: string | undefined;
}

/** An event of LookupEvents as it is on the wire. */
interface FoundEvent {
  readonly EventId: string;
  readonly EventName: string;
  /** Seconds since 1970. */
  readonly EventTime: number;
  readonly Username?: string;
  readonly CloudTrailEvent: string;
}

/** The server refused a search. */
class SearchRefused extends Error {}

/** Prints events, oldest first. Resolves with the exit status; with --follow only when the server is gone. */
export async function audit(args: readonly string[], io: CommandIo): Promise<number> {
  try {
    const text = { type: 'string' } as const;
    const flag = { type: 'boolean' } as const;
    const { since, until, name, user, resource, json, follow, ...options } = parseOptions(args, {
      ...serverOptions,
      ...{ since: text, until: text, name: text, user: text, resource: text, json: flag, follow: flag },
    });
    const from = parseMoment(since ?? '1h', io.now());
    const to = until === undefined ? undefined : parseMoment(until, io.now());
    const problem =
      from === undefined
        ? `--since ${since} is no time`
        : until !== undefined && to === undefined
          ? `--until ${until} is no time`
          : to !== undefined && follow === true
            ? '--follow has no end: leave out --until'
            : undefined;
    if (problem !== undefined || from === undefined) {
      io.err(`pergola audit: ${problem}\n${auditUsage}`);
      return 2;
    }
    const server = findServer(options, io.environment);
    const wanted = { resource, name, user };
    const print = (event: FoundEvent): void =>
      io.out(
        `${json === true ? event.CloudTrailEvent : formatAuditRecord(JSON.parse(event.CloudTrailEvent) as AuditRecord)}\n`,
      );
    const first = await search(server, wanted, from, to, io);
    first.forEach(print);
    if (follow === true) await followEvents(server, wanted, from, first, print, io);
    return 0;
  } catch (error) {
    if (!(error instanceof SearchRefused)) return failureStatus(error, 'audit', auditUsage, io);
    io.err(`pergola audit: ${error.message}\n`);
    return 1;
  }
}

/** Prints what comes, each event once, until a call fails. */
async function followEvents(
  server: Server,
  wanted: Wanted,
  from: number,
  first: readonly FoundEvent[],
  print: (event: FoundEvent) => void,
  io: CommandIo,
): Promise<never> {
  let printed = new Set(first.map(({ EventId }) => EventId));
  for (;;) {
    await sleep(LOOK);
    const since = Math.max(from, io.now() - LOOK_BACK);
    const events = await search(server, wanted, since, undefined, io);
    for (const event of events) if (!printed.has(event.EventId)) print(event);
    // Whatever is older than this search cannot come again.
    printed = new Set(events.map(({ EventId }) => EventId));
  }
}

/** The events from `from` to `to` (milliseconds since 1970) that are wanted, oldest first; the newest 10,000 when there are more. */
async function search(
  server: Server,
  wanted: Wanted,
  from: number,
  to: number | undefined,
  io: CommandIo,
): Promise<readonly FoundEvent[]> {
  const attributes = [
    ['ResourceName', wanted.resource],
    ['EventName', wanted.name],
    ['Username', wanted.user],
  ].flatMap(([AttributeKey, AttributeValue]) =>
    AttributeValue === undefined ? [] : [{ AttributeKey, AttributeValue }],
  );
  const found: FoundEvent[] = [];
  let NextToken: string | undefined;
  do {
    const request = {
      StartTime: from / 1000,
      ...(to === undefined ? {} : { EndTime: to / 1000 }),
      LookupAttributes: attributes.slice(0, 1),
      NextToken,
    };
    const answer = await callApi(server, { method: 'POST', path: '/', target: lookupEvents, body: request }, io.now());
    if (answer.status !== 200) throw new SearchRefused(formatApiError(answer));
    const page = answer.body as { readonly Events: readonly FoundEvent[]; readonly NextToken?: string };
    found.push(...page.Events.filter((event) => isWanted(event, wanted)));
    NextToken = page.NextToken;
  } while (NextToken !== undefined && found.length < MOST_EVENTS);
  if (NextToken !== undefined)
    io.err(`pergola audit: events before the newest ${MOST_EVENTS} are left out; --until shows them\n`);
  return found.slice(0, MOST_EVENTS).reverse();
}

/** What the server was not asked for: it knows the resource, or else the name. */
function isWanted({ EventName, Username = '' }: FoundEvent, { name, user }: Wanted): boolean {
  if (name === undefined ? EventName === 'LookupEvents' : EventName !== name) return false;
  return user === undefined || Username === user;
}
