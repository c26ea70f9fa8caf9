// A self-signed certificate for targets of tests: target.example and 127.0.0.1, until 2126. It protects nothing.

/** The certificate (PEM). */
export const certificate = `-----BEGIN CERTIFICATE-----
MIIBqzCCAVCgAwIBAgIUa3OkKxb1SzCmN6WI156cgzm5RNgwCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOdGFyZ2V0LmV4YW1wbGUwIBcNMjYxMTIyMTY0MjE2WhgPMjEy
NjEwMjkxNjQyMTZaMBkxFzAVBgNVBAMMDnRhcmdldC5leGFtcGxlMFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAE2EmMsRS4PHvn+7yyyDXXlyXQ8aOkQkzKoSSfqiDp
oaAHi4rKVums15ZVMRkVKIcsV6MrVUyhyxyHhhCdrSPMyKN0MHIwHQYDVR0OBBYE
FKKlk9fbtu70LQfESKCb6LHg3gpeMB8GA1UdIwQYMBaAFKKlk9fbtu70LQfESKCb
6LHg3gpeMA8GA1UdEwEB/wQFMAMBAf8wHwYDVR0RBBgwFoIOdGFyZ2V0LmV4YW1w
bGWHBH8AAAEwCgYIKoZIzj0EAwIDSQAwRgIhAK/x+p2VBSkvlUl4zUm4lcI0d3up
Ekw44NfVOYMaAftmAiEA/3MwlSy+M1JtCEYLtKoenUgyTt5G51+hgP+unqhEqbQ=
-----END CERTIFICATE-----
`;

/** Its key (PEM). */
export const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgScm5I3+aot2ihTGt
dOa0MqmSxW2usjed1dnxz1y+PGShRANCAATYSYyxFLg8e+f7vLLINdeXJdDxo6RC
TMqhJJ+qIOmhoAeLispW6azXllUxGRUohyxXoytVTKHLHIeGEJ2tI8zI
-----END PRIVATE KEY-----
`;
