// `npm run bench -- routes`: CPU per request where the last of 2,000 rules matches, against the last of 10; alternating rounds.

import { setTimeout as delay } from 'node:timers/promises';
import { CreateListenerCommand, CreateRuleCommand, type RuleMatch } from '@aws-sdk/client-vpc-lattice';
import { startContenders } from './loopback.ts';
import { median } from './processes.ts';
import type { Row } from './table.ts';
import { load, type LoadOptions, type Run } from './wrk.ts';

const FEW = 10;
const MANY = 2000;
/** Calls of the API at a time. */
const AT_ONCE = 16;

/** Half of the rules have a prefix, a third a header that contains something, the others a whole path. */
function matchOf(i: number): RuleMatch {
  const kind = i % 6;
  if (kind === 0 || kind === 2 || kind === 4)
    return { httpMatch: { pathMatch: { match: { prefix: `/prefix/${i}/` }, caseSensitive: true } } };
  if (kind === 3) return { httpMatch: { pathMatch: { match: { exact: `/exact/${i}` }, caseSensitive: true } } };
  return {
    httpMatch: { headerMatches: [{ name: 'x-release', match: { contains: `team-${i}.` }, caseSensitive: true }] },
  };
}

/** A request that the last rule of its kind among `rules` answers, and none before it. */
function asksLast(kind: 'prefix' | 'contains', rules: number): LoadOptions {
  const fits = (i: number): boolean => (kind === 'prefix' ? i % 2 === 0 : i % 6 === 1 || i % 6 === 5);
  let last = rules;
  while (!fits(last)) last--;
  return kind === 'prefix'
    ? { path: `/prefix/${last}/page`, headers: ['x-release: canary;owner=nobody;stage=three'] }
    : { path: '/somewhere/else', headers: [`x-release: canary;owner=team-${last}.;stage=three`] };
}

/** One worker, one service; a listener with many rules and one with few. */
export async function benchRoutes(options: {
  readonly rounds: number;
  /** Of each run. */
  readonly seconds: number;
}): Promise<readonly Row[]> {
  await using stack = new AsyncDisposableStack();
  const { pergola } = await startContenders(stack, 89, []);
  const { client } = pergola.server;
  const forward = { forward: { targetGroups: [{ targetGroupIdentifier: pergola.targetGroupId, weight: 1 }] } };
  const sides = new Map<number, { readonly port: number }>();
  for (const [rules, port] of [
    [FEW, 8081],
    [MANY, 8082],
  ] as const) {
    const listener = await client.send(
      new CreateListenerCommand({
        serviceIdentifier: pergola.serviceId,
        name: `rules-${rules}`,
        protocol: 'HTTP',
        port,
        // A request that no rule matches fails, and the bench with it.
        defaultAction: { fixedResponse: { statusCode: 404 } },
      }),
    );
    let next = 1;
    const maker = async (): Promise<void> => {
      for (let i = next++; i <= rules; i = next++)
        await client.send(
          new CreateRuleCommand({
            serviceIdentifier: pergola.serviceId,
            listenerIdentifier: listener.id,
            name: `number-${i}`,
            priority: i,
            match: matchOf(i),
            action: forward,
          }),
        );
    };
    await Promise.all(Array.from({ length: AT_ONCE }, maker));
    sides.set(rules, { port });
  }
  await delay(1000);
  const rows: Row[] = [];
  for (const kind of ['prefix', 'contains'] as const) {
    const runs = new Map<number, Run[]>();
    for (let round = 0; round <= options.rounds; round++)
      for (const rules of round % 2 === 0 ? [FEW, MANY] : [MANY, FEW]) {
        const contender = { ...pergola.contender, port: sides.get(rules)?.port ?? 0 };
        const run = await load(contender, 64, round === 0 ? 2 : options.seconds, asksLast(kind, rules));
        if (run.failed > 0) throw new Error(`${run.failed} requests of ${run.requests} met another rule`);
        if (round > 0) runs.set(rules, [...(runs.get(rules) ?? []), run]);
      }
    for (const [rules, own] of runs)
      rows.push({
        bench: 'routes',
        what: `the last ${kind} rule of ${rules}`,
        'cpu µs/request': median(own.map(({ cpu }) => cpu)),
        [`× ${FEW} rules`]: median(own.map(({ cpu }, i) => cpu / (runs.get(FEW)?.[i]?.cpu ?? Number.NaN))),
      });
  }
  return rows;
}
