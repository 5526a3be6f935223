import { isQuantity } from '../object/quantity';

/** Formats the server judges; all others are documentation. */
export function matchesFormat(format: string, value: string): boolean {
  return checks[format]?.(value) ?? true;
}

const matching =
  (expression: RegExp) =>
  (value: string): boolean =>
    expression.test(value);

/** RFC 3339; seconds and the zone are not optional. */
const rfc3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;
const isTime = (value: string): boolean => rfc3339.test(value) && !Number.isNaN(Date.parse(value.toUpperCase()));

/** What Go's base64 decoder accepts in a []byte field. */
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const ipv4 = /^((25[0-5]|2[0-4]\d|1?\d?\d)(\.(?!$)|$)){4}$/;
const isIPv6 = (value: string): boolean => value.includes(':') && URL.canParse(`http://[${value}]`);

const checks: Record<string, (value: string) => boolean> = {
  'date-time': isTime,
  'micro-time': isTime,
  date: matching(/^\d{4}-\d{2}-\d{2}$/),
  byte: matching(base64),
  uuid: matching(/^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i),
  ipv4: matching(ipv4),
  ipv6: isIPv6,
  ip: (value) => ipv4.test(value) || isIPv6(value),
  cidr: (value) => {
    const [address = '', bits = ''] = value.split('/');
    return /^\d+$/.test(bits) && (ipv4.test(address) ? Number(bits) <= 32 : isIPv6(address) && Number(bits) <= 128);
  },
  uri: (value) => URL.canParse(value),
  email: matching(/^[^@\s]+@[^@\s]+$/),
  hostname: matching(
    /^(?=.{1,253}$)[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?(\.[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?)*\.?$/,
  ),
  duration: matching(/^[+-]?(\d+(\.\d+)?(ns|us|µs|ms|s|m|h|d|w))+$|^0$/),
  quantity: isQuantity,
};

const bounds: Record<string, readonly [number, number]> = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  // JSON numbers are doubles here: exact up to 2^53, and the outer limits of int64 are still told apart from beyond.
  int64: [-(2 ** 63), 2 ** 63],
};

export function fitsFormat(format: string, value: number): boolean {
  const bound = bounds[format];
  return !bound || (value >= bound[0] && value <= bound[1]);
}
