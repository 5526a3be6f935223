/** How long things take in the simulated world. */
export interface Timings {
  /** From a cut to the moment the controller leaves `live`, in ms (measured: 2.3 s at keep-alive 2). */
  readonly keepAliveMs: number;
  /** From there until I/O that waits for a reconnect is failed, in ms (fast_io_fail_tmo). */
  readonly fastIoFailMs: number;
  /** Between two attempts to reconnect, in ms (reconnect_delay). */
  readonly reconnectDelayMs: number;
  /** How long an attempt to connect waits for an answer that does not come, in ms (measured: about 3 s). */
  readonly connectTimeoutMs: number;
  /** From a request's departure to its arrival on the other node, in ms; as much again for the answer. */
  readonly linkLatencyMs: number;
  /** After this long without a write md marks the array clean, in ms (measured: safe_mode_delay 0.204). */
  readonly mdSafeModeMs: number;
  /** Period in which md clears bits of its bitmap, in ms (measured: "Daemon : 5s flush period"). */
  readonly mdBitmapDaemonMs: number;
  /** What md copies at most when the array names no limit of its own, in KiB/s (sync_speed_max). */
  readonly mdSyncKibPerSecond: number;
  /** How often the agent tells of a synchronisation's progress at most, in ms. */
  readonly mdProgressMs: number;
  /** What a drive erases, in MiB/s. */
  readonly eraseMibPerSecond: number;
}

export const defaultTimings: Timings = {
  keepAliveMs: 2_300,
  fastIoFailMs: 1_000,
  reconnectDelayMs: 5_000,
  connectTimeoutMs: 3_000,
  linkLatencyMs: 0,
  mdSafeModeMs: 204,
  mdBitmapDaemonMs: 5_000,
  mdSyncKibPerSecond: 200_000,
  mdProgressMs: 2_000,
  eraseMibPerSecond: 4_096,
};
