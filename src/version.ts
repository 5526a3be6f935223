import { version as packageVersion } from '../package.json';

/** As in package.json, CHANGELOG.md and the image's tag. */
export const version: string = packageVersion;
