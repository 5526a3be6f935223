import { status } from '@grpc/grpc-js';
import type { Metrics } from '../metrics';
import type { EndedCall } from './definition';

const buckets = [0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** Counts and times calls under the names that go-grpc-middleware uses; pass it as `onCall`. */
export function countCalls(metrics: Metrics, side: 'server' | 'client'): (call: EndedCall) => void {
  const handled = metrics.counter({
    name: `grpc_${side}_handled_total`,
    help: `Calls completed on the ${side}, whatever their result`,
    labelNames: ['grpc_service', 'grpc_method', 'grpc_code'],
  });
  const time = metrics.histogram({
    name: `grpc_${side}_handling_seconds`,
    help: `Seconds until a call was completed on the ${side}`,
    labelNames: ['grpc_service', 'grpc_method'],
    buckets,
  });
  return ({ service, method, code, durationMs }) => {
    handled.inc({ grpc_service: service, grpc_method: method, grpc_code: status[code] ?? String(code) });
    time.observe({ grpc_service: service, grpc_method: method }, durationMs / 1000);
  };
}
