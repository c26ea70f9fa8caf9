// Explains what would become of a request: the functions of the hot path with a recorder, and nothing is sent.

import { parseAddress } from '../base/cidr.ts';
import type { ExplainFailure, ExplainQuestion } from '../base/explain-question.ts';
import { createWorldCompiler, dialPlace, type World } from '../proxy/request/index.ts';
import type { VpcRecord } from '../snapshot/index.ts';
import type { Explanation } from './explanation.ts';
import { findCaller } from './find-caller.ts';
import { follow, type ExplainDeps, type Walk } from './follow.ts';

import { readQuestion } from './question.ts';

/** Explains requests, each by the newest snapshot. */
export type Explainer = (question: ExplainQuestion) => Explanation | ExplainFailure;

/** Makes an explainer; it compiles only what questions are about. */
export function createExplainer(deps: ExplainDeps): Explainer {
  // Weighted pickers are its own: a question takes no request's turn.
  const compiler = createWorldCompiler(0);
  return (question) => {
    const snapshot = deps.snapshot();
    const read = readQuestion(question);
    if ('problem' in read) return { failure: 'invalid', message: read.problem };
    const vpc = snapshot.vpcs.get(question.vpcId);
    if (vpc === undefined) return { failure: 'not found', message: `There is no VPC ${question.vpcId}.` };
    const { address } = question;
    const place = address === undefined ? { host: '' } : clientPlace(address, vpc);
    if (place === undefined)
      return {
        failure: 'invalid',
        message: `${address} is no IPv4 address of VPC ${vpc.id} (${vpc.cidrs.join(', ')}).`,
      };
    const world = compiler.compile(snapshot);
    const asks = namedCaller(question, world, deps.now());
    if ('failure' in asks) return asks;
    const asker = address === undefined ? asks : { ...asks, address };
    const walk: Walk = { read, snapshot, vpc, world, client: place.host, ...asker, steps: [] };
    const verdict = follow(walk, deps);
    const { method, url } = question;
    const named = vpc.name === undefined ? {} : { vpcName: vpc.name };
    return { revision: snapshot.revision, vpc: vpc.id, ...named, method, url, steps: walk.steps, verdict };
  };
}

/** Who asks in place of a signature, if the question says that. */
function namedCaller(
  { as, headers }: ExplainQuestion,
  world: World,
  now: number,
): Pick<Walk, 'caller'> | ExplainFailure {
  if (as === undefined) return {};
  const who = findCaller(world, as, now);
  if (who === undefined)
    return {
      failure: 'not found',
      message: `There is no principal ${as}: give the ARN of a user, of a role or of a role's session.`,
    };
  if (headers.some((line) => /^authorization:/i.test(line)))
    return {
      failure: 'invalid',
      message: 'A principal and an authorization header do not go together: one of them says who asks.',
    };
  return { caller: { who, by: 'as' } };
}

/** Where a client at `address` is seen to come from; undefined when the VPC does not have it. */
function clientPlace(address: string, vpc: VpcRecord): { readonly host: string } | undefined {
  const place = parseAddress(address)?.family === 4 ? dialPlace(address, vpc) : undefined;
  return place?.fromVpc === true ? place : undefined;
}
