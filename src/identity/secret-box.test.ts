// Sealed secrets: what opens them, and that nothing else does.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { createSecretBox, SealBroken } from './secret-box.ts';

const box = createSecretBox(randomBytes(32));

test('open() gives back any text that was sealed for the same context', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, context) => {
      assert.equal(box.open(box.seal(text, context), context), text);
    }),
  );
});

test('seal() never gives the same twice, and nothing of the text', () => {
  const sealed = Array.from({ length: 100 }, () => box.seal('wJalrXUtnFEMI', 'AKIAEXAMPLE'));
  assert.equal(new Set(sealed).size, 100);
  for (const one of sealed) assert.match(one, /^v1\.[\w-]{55,}$/);
  assert.ok(!sealed.some((one) => Buffer.from(one.slice(3), 'base64url').includes('wJalr')));
});

test('open() refuses another key, another context, a changed or cut text and other forms', () => {
  const sealed = box.seal('secret', 'AKIAONE');
  const refused = (text: string, context = 'AKIAONE', from = box): void =>
    assert.throws(() => from.open(text, context), SealBroken);
  refused(sealed, 'AKIATWO');
  refused(sealed, 'AKIAONE', createSecretBox(randomBytes(32)));
  const bytes = Buffer.from(sealed.slice(3), 'base64url');
  for (let i = 0; i < bytes.length; i++) {
    const changed = Buffer.from(bytes);
    changed[i] = (changed[i] ?? 0) ^ 1;
    refused(`v1.${changed.toString('base64url')}`);
    refused(`v1.${bytes.subarray(0, i).toString('base64url')}`);
  }
  for (const text of ['', 'v1.', 'secret', sealed.replace('v1.', 'v2.')]) refused(text);
});

test('createSecretBox() takes keys of 32 bytes alone', () => {
  for (const length of [0, 16, 31, 33]) assert.throws(() => createSecretBox(Buffer.alloc(length)), /32 bytes/);
});
