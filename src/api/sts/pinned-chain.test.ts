// Which certificates the thumbprints of an identity provider stand for.

import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { isPinned } from './pinned-chain.ts';

/** An authority, and one of the same name with another key. */
const authority = new X509Certificate(`-----BEGIN CERTIFICATE-----
MIIBYDCCAQagAwIBAgIUHJXD/ABMasdaj1lGznsdG4AbSyQwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJQXV0aG9yaXR5MCAXDTI2MTEyMzAxMTAyNloYDzIxMjYxMDMw
MDExMDI2WjAUMRIwEAYDVQQDDAlBdXRob3JpdHkwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARu6uccPabsvOArVZheDb5R/v78GWaaB71qwcfimJSQlzVRVl0+XEc6
kT24JggiBbaYXPRR/AewuxPrpjGdDHVtozQwMjAfBgNVHSMEGDAWgBS6OyLtOXwd
Ye6Sj5VwyhJlew1cZDAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUC
IQDc4W3WF6TGA2y7603On/DbNTVPB4SkZuorywGoVwKWCgIgEj02jcbxGJ53lWBD
NzEHwxGSZeiU6/ycK7kT5lio3rs=
-----END CERTIFICATE-----`);
const impostor = new X509Certificate(`-----BEGIN CERTIFICATE-----
MIIBYTCCAQagAwIBAgIUZSK18WAQ6TSVATOnW3ZyUpeQIxMwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJQXV0aG9yaXR5MCAXDTI2MTEyMzAxMTAyN1oYDzIxMjYxMDMw
MDExMDI3WjAUMRIwEAYDVQQDDAlBdXRob3JpdHkwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQJMYCuhiLSVRFcgDD4iQa+T4v70DtCiyeLa2C3L7KUpNnX2NkoHCGy
XLlPr3xMnJTEblKs0pzr+5KM8xdjZ948ozQwMjAfBgNVHSMEGDAWgBQaQjXhVCHi
FODmYoZHauccYV4PSjAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYC
IQD5Vy33uvWOcGZRuTp7EWI5nPZoRVEWjr0YWiA+IafoAAIhALeuVx/WXNqsxIup
RZN5Tt+S1cTSnyh2icCxcQX2DZsw
-----END CERTIFICATE-----`);

/** Of id.example.com by the authority and by the impostor, and of other.example.com by the authority. */
const good = new X509Certificate(`-----BEGIN CERTIFICATE-----
MIIBWDCB/6ADAgECAhRZnfJA2Dd0LCWxov24a6FCtU1nTjAKBggqhkjOPQQDAjAU
MRIwEAYDVQQDDAlBdXRob3JpdHkwIBcNMjYxMTIzMDExMDI3WhgPMjEyNjEwMzAw
MTEwMjdaMBkxFzAVBgNVBAMMDmlkLmV4YW1wbGUuY29tMFkwEwYHKoZIzj0CAQYI
KoZIzj0DAQcDQgAErLnlwdYDThwnzHWmCmkWCBKkDnZRXEfaUlRSFnZXO3iHd88l
gsFgcmjNNx8bXBoND3M3/aSR2arI35+41lzfCaMoMCYwGQYDVR0RBBIwEIIOaWQu
ZXhhbXBsZS5jb20wCQYDVR0TBAIwADAKBggqhkjOPQQDAgNIADBFAiBxBLXnGUQT
kMH1i2zkyTn7UuhkLofhVewQaF9jYi8NBwIhAJv3CszRO1bBJJPxjkojBP0Weswn
7yExZszZjOKpubpt
-----END CERTIFICATE-----`);
const forged = new X509Certificate(`-----BEGIN CERTIFICATE-----
MIIBWDCB/6ADAgECAhQf10WBFKD0OBnrr9VzPIGUVI+sjzAKBggqhkjOPQQDAjAU
MRIwEAYDVQQDDAlBdXRob3JpdHkwIBcNMjYxMTIzMDExMDI3WhgPMjEyNjEwMzAw
MTEwMjdaMBkxFzAVBgNVBAMMDmlkLmV4YW1wbGUuY29tMFkwEwYHKoZIzj0CAQYI
KoZIzj0DAQcDQgAEvl1hi7F1Ox5TGEan/hP95wnGLlSl0FsBBmpSn3RczlgExFKh
il4A4izAdhRrawqnJ/tTFlmMAFdzDPczXha82aMoMCYwGQYDVR0RBBIwEIIOaWQu
ZXhhbXBsZS5jb20wCQYDVR0TBAIwADAKBggqhkjOPQQDAgNIADBFAiBVsniQR/mh
gcgE3LS1Qrnarf87xy/nuAcujL4R1vfYEAIhAPGJBLsyZP+mu3U9jeoeHZkuNF6T
b/TA1rfgw+aEC7f7
-----END CERTIFICATE-----`);
const other = new X509Certificate(`-----BEGIN CERTIFICATE-----
MIIBXzCCAQWgAwIBAgIUHwFmo8wavxIWGPfgbqQDOL/o7OcwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJQXV0aG9yaXR5MCAXDTI2MTEyMzAxMTAyN1oYDzIxMjYxMDMw
MDExMDI3WjAcMRowGAYDVQQDDBFvdGhlci5leGFtcGxlLmNvbTBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABIHaJK5I9vHlbEgGccL0ln50VfgeECk0RhmnG1wVhYNI
rSLSMHfO+/mSM9omytxu9bQ42yRpF8++Ti0E3WjgTlyjKzApMBwGA1UdEQQVMBOC
EW90aGVyLmV4YW1wbGUuY29tMAkGA1UdEwQCMAAwCgYIKoZIzj0EAwIDSAAwRQIh
AN+BXmlC2blnFdTVbMieKwpoIL8lKgdIbJv4on++KPOSAiB4YdRUHjL68le61c8h
PDtWo8eukIqqPxTx7od/0aVq7Q==
-----END CERTIFICATE-----`);

const host = 'id.example.com';
const thumbprint = (one: X509Certificate): string => one.fingerprint.replaceAll(':', '').toLowerCase();

test('a certificate is known by its own thumbprint, and by that of the authority that signed it', () => {
  assert.ok(isPinned([good], host, [thumbprint(good)]));
  assert.ok(isPinned([good, authority], host, [thumbprint(authority)]));
  assert.ok(isPinned([good, authority], host, ['00', thumbprint(authority).toUpperCase()]));
  assert.ok(!isPinned([good, authority], host, [thumbprint(impostor)]));
  assert.ok(!isPinned([], host, [thumbprint(authority)]));
});

test('an authority’s certificate sent along with one that it has not signed counts for nothing', () => {
  assert.ok(forged.checkIssued(authority), 'by its names it could have');
  assert.ok(!isPinned([forged, authority], host, [thumbprint(authority)]));
  assert.ok(!isPinned([forged, good], host, [thumbprint(good)]));
});

test('an authority’s certificate for another host counts for nothing', () => {
  assert.ok(!isPinned([other, authority], host, [thumbprint(authority)]));
});
