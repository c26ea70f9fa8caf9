// Who asks, by an ARN instead of by a signature.

import { prepareSessionCaller, type IdentifiedCaller, type World } from '../proxy/request/index.ts';

const sessionForm = /^arn:([\w-]+):sts::(\d{12}):assumed-role\/([\w+=,.@-]+)\/([\w+=,.@-]{2,64})$/;

/** The user, role or configured principal of an ARN, or a session of such a role that begins now without policies of its own; undefined: there is none. */
export function findCaller(world: World, arn: string, now: number): IdentifiedCaller | undefined {
  const known = world.principals.get(arn);
  if (known !== undefined) return known;
  const [, partition, account, roleName, session] = sessionForm.exec(arn) ?? [];
  if (roleName === undefined) return undefined;
  for (const owner of world.principals.values()) {
    const { kind, issuerArn, userId, tags, organizationId } = owner.principal;
    // The path of a role is not in the ARNs of its sessions.
    if (kind !== 'role' || owner.principal.arn !== issuerArn || issuerArn.split('/').at(-1) !== roleName) continue;
    if (!issuerArn.startsWith(`arn:${partition}:iam::${account}:role/`)) continue;
    const facts = { kind, arn, issuerArn, account: owner.principal.account, userId: `${userId}:${session}`, tags };
    const principal = organizationId === undefined ? facts : { ...facts, organizationId };
    return prepareSessionCaller({ principal, issued: now }, owner);
  }
  return undefined;
}
