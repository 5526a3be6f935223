import type { Suite } from '../suite';
export const idle: Suite = { name: 'idle', run: () => Promise.reject(new Error('not yet')) };
