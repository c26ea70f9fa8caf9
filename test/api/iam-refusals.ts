// What IAM refuses, as its clients see it.

import assert from 'node:assert/strict';

/** `call` is refused with IAM's `code` and this HTTP status. */
export async function refusedAs(code: string, status: number, call: Promise<unknown>): Promise<void> {
  await assert.rejects(call, (error: Error & { Code?: string; $metadata?: { httpStatusCode?: number } }) => {
    const name = error.name.replace(/Exception$/, '');
    assert.deepEqual([name, error.$metadata?.httpStatusCode], [code, status], `${error.name}: ${error.message}`);
    return true;
  });
}
