// The code of the error that a call of EC2 ends in.

import assert from 'node:assert/strict';
import { EC2ServiceException } from '@aws-sdk/client-ec2';

/** EC2's code; `none` when the call is answered. */
export async function codeOfEc2(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    assert.ok(error instanceof EC2ServiceException, String(error));
    return error.name;
  }
  return 'none';
}
