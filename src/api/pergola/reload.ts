// `POST /-/reload`: begins to replace every process but the supervisor by one that obeys the configuration file as it is now.

import { ServiceError } from '../../aws/index.ts';
import { answerJson, type InternalPath } from './answer.ts';

/** The path. 202 with `{ generation }`, which `/-/status` shows when it is done; 409 with the reason when the configuration is refused. */
export const reload: InternalPath = {
  method: 'POST',
  segments: ['reload'],
  action: 'Reload',
  async answer({ response, call }, deps) {
    if (call === undefined) throw new Error('reload was reached without a signature');
    const { generation, problem } = await deps.reload();
    if (problem !== undefined) throw new ServiceError('ConflictException', problem, { status: 409 });
    answerJson(response, 202, { generation });
  },
};
