export { createApiServer, type ApiServer, type ServerOptions } from './server';
export { startApiServer, type ListenOptions, type RunningApiServer } from './http/listen';
export { ConnectionReset, failNth, type Fault, type FaultPlan, type Latency } from './hooks/faults';
export type { RequestInfo } from './hooks/info';
export type { WatchFilter } from './hooks/streams';
