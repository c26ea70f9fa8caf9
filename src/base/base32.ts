// The alphabet of the ids that IAM makes.

/** RFC 4648 base32, five bits a letter. */
export const base32Letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
