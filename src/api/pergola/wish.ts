// What callers of the server's own paths send: an object of JSON, and names of VPCs in it.

import { ServiceError, type Call } from '../../aws/index.ts';
import type { State } from '../../domain/index.ts';
import type { Vpc } from '../../domain/records/index.ts';

/** The longest text in a wish, in characters. */
const LONGEST = 2048;

/** The members of a body; refuses what is no object. */
export function readObject(body: Buffer): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    throw invalid('the body is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('the body is no object');
  return value as Readonly<Record<string, unknown>>;
}

/** A member that is a text; undefined when it is absent or null. Refuses anything else, the empty text, and one of more than `longest` characters. */
export function readText(wish: Readonly<Record<string, unknown>>, name: string, longest = LONGEST): string | undefined {
  const value = wish[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string' || value === '' || value.length > longest) throw invalid(`${name} must be a text`);
  return value;
}

/** The caller's VPC by id, else by the configuration's name or the Name tag; refuses a name of none or of several. */
export function getVpc(state: State, { account, region }: Call, idOrName: string): Vpc {
  const own = [...state.tables.vpc.values()].filter((vpc) => vpc.account === account && vpc.region === region);
  const byId = own.find((vpc) => vpc.id === idOrName);
  if (byId !== undefined) return byId;
  const named = own.filter((vpc) => (vpc.name ?? vpc.tags['Name']) === idOrName);
  const [only] = named;
  if (only === undefined)
    throw new ServiceError('ResourceNotFoundException', `There is no VPC ${idOrName} in ${account} ${region}.`, {
      status: 404,
    });
  if (named.length > 1)
    throw invalid(`the name ${idOrName} is that of ${named.map((vpc) => vpc.id).join(' and ')}: give the id`);
  return only;
}

/** A wish that is wrong, 400. */
export function invalid(message: string): ServiceError {
  return new ServiceError('ValidationException', message, { status: 400 });
}
