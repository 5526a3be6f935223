/** Syntax of names, labels and the like, with the texts the real server answers with. */

const labelFormat = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomainFormat = `${labelFormat}(\\.${labelFormat})*`;
const qualifiedFormat = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';

const dnsLabel = new RegExp(`^${labelFormat}$`);
const dnsSubdomain = new RegExp(`^${subdomainFormat}$`);
const qualifiedPart = new RegExp(`^${qualifiedFormat}$`);

const explain = (what: string, format: string, ...examples: string[]): string =>
  `${what} (e.g. ${examples.map((e) => `'${e}'`).join(',  or ')}, regex used for validation is '${format}')`;

const labelText = explain(
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  labelFormat,
  'my-name',
  '123-abc',
);
const subdomainText = explain(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  subdomainFormat,
  'example.com',
);
const nameText = explain(
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  qualifiedFormat,
  'MyName',
  'my.name',
  '123-abc',
);
const valueText = explain(
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  `(${qualifiedFormat})?`,
  'MyValue',
  'my_value',
  '12345',
);

const atMost = (n: number): string => `must be no more than ${n} characters`;

/** What is wrong with a name; empty when nothing is. */
export type NameCheck = (name: string) => string[];

export const checkLabelName: NameCheck = (name) => [
  ...(name.length > 63 ? [atMost(63)] : []),
  ...(dnsLabel.test(name) ? [] : [labelText]),
];

export const checkSubdomain: NameCheck = (name) => [
  ...(name.length > 253 ? [atMost(253)] : []),
  ...(dnsSubdomain.test(name) ? [] : [subdomainText]),
];

/** For kinds whose names are only bound by what fits into a path (RBAC). */
export const checkPathSegment: NameCheck = (name) => {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return ['/', '%'].filter((bad) => name.includes(bad)).map((bad) => `may not contain '${bad}'`);
};

/** Label keys, annotation keys, finalizers: `[prefix/]name`. */
export const checkQualifiedName: NameCheck = (value) => {
  const parts = value.split('/');
  if (parts.length > 2)
    return [
      explain(
        "a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
        qualifiedFormat,
        'MyName',
        'my.name',
        '123-abc',
      ) + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
    ];
  const name = parts.at(-1)!;
  const problems = parts.length === 2 ? checkPrefix(parts[0]!) : [];
  if (name === '') return [...problems, 'name part must be non-empty', `name part ${nameText}`];
  if (name.length > 63) problems.push(`name part ${atMost(63)}`);
  if (!qualifiedPart.test(name)) problems.push(nameText);
  return problems;
};

function checkPrefix(prefix: string): string[] {
  if (prefix === '') return ['prefix part must be non-empty'];
  return checkSubdomain(prefix).map((problem) => `prefix part ${problem}`);
}

export const checkLabelValue: NameCheck = (value) => [
  ...(value.length > 63 ? [atMost(63)] : []),
  ...(value === '' || qualifiedPart.test(value) ? [] : [valueText]),
];
