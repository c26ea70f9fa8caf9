// `GET /-/backup`: everything that the server keeps, as one file of one revision. It has every secret in it, so only the admin gets it.

import { pipeline } from 'node:stream/promises';
import { ServiceError } from '../../aws/index.ts';
import { findCredential } from '../../domain/iam/index.ts';
import type { InternalPath } from './answer.ts';

/** How long a client may take nothing before it is cut off, in milliseconds: there is one backup at a time. */
const STANDSTILL = 60_000;

/** The path. 200 with the file; 403 for other keys than the admin's; 409 while another backup is made, or when nothing is kept. */
export const backup: InternalPath = {
  method: 'GET',
  segments: ['backup'],
  action: 'Backup',
  async answer({ request, response, call }, deps) {
    if (call === undefined) throw new Error('backup was reached without a signature');
    if (findCredential(deps.store.state.value, call.accessKeyId)?.role !== 'admin')
      throw new ServiceError('AccessDeniedException', "Only the admin's key may take a backup.", { status: 403 });
    const taken = await deps.backup();
    if ('problem' in taken) throw new ServiceError('ConflictException', taken.problem, { status: 409 });
    using whole = taken;
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-length': whole.size,
      'x-pergola-revision': String(whole.head.revision),
    });
    if (request.method === 'HEAD') return void response.end();
    response.setTimeout(STANDSTILL, () => response.destroy());
    try {
      await pipeline(whole.content, response);
    } catch (error) {
      // Whoever goes away in between has no backup, which the file's end tells.
      if (!response.destroyed) throw error;
    }
  },
};
