// Finds which of the server's own paths a request means.

import type { ServerResponse } from 'node:http';
import { ServiceError, type Call, type InternalRequest } from '../../aws/index.ts';
import { Refusal } from '../../domain/index.ts';
import { toLatticeError } from '../refusal.ts';
import type { InternalPath } from './answer.ts';
import type { PergolaDeps } from './deps.ts';
import { backup } from './backup.ts';
import { containerCredentials } from './credentials.ts';
import { explain } from './explain.ts';
import { reload } from './reload.ts';
import { reset } from './reset.ts';
import { metrics, ready, status } from './state.ts';
import { wait } from './wait.ts';
import { createWorkload, leaseWorkload } from './workloads.ts';

const paths: readonly InternalPath[] = [
  ready,
  metrics,
  status,
  wait,
  reset,
  reload,
  backup,
  explain,
  createWorkload,
  leaseWorkload,
  containerCredentials,
];

/** Answers a request to `/-/…`; refuses unknown paths (404) and methods (405). */
export async function answerInternal(
  request: InternalRequest,
  response: ServerResponse,
  call: Call | undefined,
  deps: PergolaDeps,
): Promise<void> {
  const segments = request.path.slice('/-/'.length).split('/');
  const matching = paths.filter(
    (path) =>
      path.segments.length === segments.length &&
      path.segments.every((literal, i) => (literal === undefined ? segments[i] !== '' : literal === segments[i])),
  );
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const path = matching.find((one) => one.method === method);
  if (path === undefined)
    throw matching.length === 0
      ? new ServiceError('ResourceNotFoundException', `There is nothing at ${request.path}.`, { status: 404 })
      : new ServiceError('MethodNotAllowedException', `${request.path} does not answer ${request.method}.`, {
          status: 405,
        });
  const parts = path.segments.flatMap((literal, i) => (literal === undefined ? [segments[i] ?? ''] : []));
  try {
    if (path.action !== undefined && call !== undefined) allow(path.action, call, deps);
    await path.answer({ request, response, call, parts }, deps);
  } catch (error) {
    throw toLatticeError(error);
  }
}

function allow(action: string, call: Call, { authorize }: PergolaDeps): void {
  try {
    authorize([{ action: `pergola:${action}`, resource: '*' }], call);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new ServiceError('AccessDeniedException', error.message, { status: 403 });
  }
}
