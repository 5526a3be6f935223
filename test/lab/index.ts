export { openLab, startLab, type Lab } from './lab';
export type { LabNode, SpawnOptions } from './node';
export type { LabDrive } from './drive';
export { LabWriter, type WriterOptions } from './writer';
export type { ExecOptions, ExecResult, LabProcess } from './commands';
export type { DriveSpec, LabOptions } from './spec';
