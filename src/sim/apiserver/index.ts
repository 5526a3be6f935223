export { createApiServer, type ApiServer, type ServerOptions } from './server';
export { Hooks } from './hooks/hooks';
export { ConnectionReset, failNth, type Fault, type FaultPlan, type Latency } from './hooks/faults';
export type { RequestInfo } from './hooks/info';
export type { WatchFilter } from './hooks/streams';
export { StatusError } from './errors/status';
