// Credentials in the form of containers: what an SDK reads at AWS_CONTAINER_CREDENTIALS_FULL_URI and its relative form.

import type { MetadataAnswer } from './answer-metadata.ts';
import type { WorkloadIdentity } from '../../base/workload-identity.ts';
import type { RoleCredentials } from './role-credentials.ts';

/** The credentials of the subject's role (SDKs and Tools Reference Guide: "Container credential provider"). */
export function answerContainer(subject: WorkloadIdentity, credentials: RoleCredentials): MetadataAnswer {
  const role = credentials.held(subject)?.role;
  if (role === undefined) return jsonAnswer(404, { code: 'NoRole', message: 'This workload has no role.' });
  const made = credentials.make({ ...subject, role });
  if ('problem' in made) return jsonAnswer(403, { code: 'AccessDenied', message: made.problem });
  return jsonAnswer(200, {
    AccessKeyId: made.accessKeyId,
    SecretAccessKey: made.secretAccessKey,
    Token: made.sessionToken,
    Expiration: `${made.expires.toISOString().slice(0, 19)}Z`,
    RoleArn: role,
  });
}

/** An answer in JSON. */
export function jsonAnswer(status: number, value: object): MetadataAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}
