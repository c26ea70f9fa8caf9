// Why the server turns requests away before any operation is known, in the words that all protocols share.

/** One such reason. */
export type Obstacle = 'foreignHost' | 'bodyTooLarge' | 'headersTooLarge' | 'tooSlow' | 'brokenHttp';

/** The code (JSON protocols append `Exception`) and HTTP status of each reason. */
export const obstacles: Readonly<Record<Obstacle, readonly [code: string, status: number]>> = {
  foreignHost: ['AccessDenied', 403],
  bodyTooLarge: ['RequestEntityTooLarge', 413],
  headersTooLarge: ['RequestHeaderSectionTooLarge', 431],
  tooSlow: ['RequestTimeout', 408],
  brokenHttp: ['BadRequest', 400],
};
