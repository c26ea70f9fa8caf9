// `GET /-/credentials`: the credentials of a workload's role, where the workload has no network of its own: its token says who asks.

import { ServiceError } from '../../aws/index.ts';
import { answerContainer } from '../metadata/container-credentials.ts';
import type { InternalPath } from './answer.ts';

/** Answers the workload whose token is in the header `Authorization`. */
export const containerCredentials: InternalPath = {
  method: 'GET',
  segments: ['credentials'],
  answer({ request: { authorization }, response }, { workloads, roleCredentials }) {
    const subject = authorization === undefined ? undefined : workloads.byToken(authorization);
    if (subject === undefined)
      throw new ServiceError('AccessDeniedException', 'No workload has this token.', { status: 401 });
    const { status, headers, body } = answerContainer(subject, roleCredentials);
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
    response.end(body);
    return Promise.resolve();
  },
};
