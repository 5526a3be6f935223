export { SimWorld, type WorldOptions } from './world';
export { SimNode, type NodeSpec } from './sim-node';
export type { Interceptor, VerbCall } from './faults';
export { PowerLost, SimMount, SimVolumeHandle } from './pods';
export type { Timings } from './timings';
export { Drive, type DriveSpec } from './hardware/drive';
export { bytesOfCell, cellBytes, cellOfBytes, type Cell, type Cells } from './hardware/cells';
export { foreignFileSystem, foreignTable } from './foreign';
