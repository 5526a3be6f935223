export { SimWorld, type WorldOptions } from './world';
export { SimNode, type NodeSpec } from './sim-node';
export { FaultPlan, type Fault, type Interceptor, type VerbCall } from './faults';
export { PowerLost, SimMount, SimVolumeHandle } from './pods';
export { defaultTimings, type Timings } from './timings';
export { Drive, type DriveSpec } from './hardware/drive';
export { bytesOfCell, cellBytes, cellOfBytes, type Cell, type Cells } from './hardware/cells';
export { foreignFileSystem, foreignTable } from './foreign';
