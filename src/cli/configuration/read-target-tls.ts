// Reads `targetTls:` of pergola.yaml: how TLS to HTTPS targets is done.

import { X509Certificate } from 'node:crypto';
import { resolve } from 'node:path';
import type { TargetTls } from '../../proxy/index.ts';
import type { SecretSources } from './read-principal.ts';
import type { Place, YamlReader } from './yaml-reader.ts';

/** AWS's way when the file says nothing: every certificate is taken. */
export function readTargetTls(
  reader: YamlReader,
  place: Place | undefined,
  sources: Pick<SecretSources, 'readFile' | 'folder'>,
): TargetTls {
  const fields = reader.fields(place, ['verify', 'ca', 'serverName']);
  if (fields === undefined) return { verify: false };
  const verify = reader.boolean(fields.get('verify')) ?? false;
  const ca = readCertificates(reader, fields.get('ca'), sources);
  const serverName = reader.matching(
    fields.get('serverName'),
    /^(?!\d+(\.\d+){3}$)[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/,
    'a host name',
  );
  const caPlace = fields.get('ca');
  if (caPlace !== undefined && !verify) reader.refuse(caPlace, 'without verify: true nothing is compared with it');
  return {
    verify,
    ...(ca === undefined ? {} : { ca }),
    ...(serverName === undefined ? {} : { serverName }),
  };
}

function readCertificates(
  reader: YamlReader,
  place: Place | undefined,
  { readFile, folder }: Pick<SecretSources, 'readFile' | 'folder'>,
): string | undefined {
  const name = reader.text(place);
  if (place === undefined || name === undefined) return undefined;
  const path = resolve(folder, name);
  let text: string;
  try {
    text = readFile(path);
  } catch (error) {
    return reader.refuse(place, `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  try {
    void new X509Certificate(text);
    return text;
  } catch {
    return reader.refuse(place, `${path} has no certificate in PEM form`);
  }
}
