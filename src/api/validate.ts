import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { schemas } from './gen/schemas';

type Kind = keyof typeof schemas;

/**
 * What is wrong with an object's spec by the schema of its kind, each as `spec.field problem`; nothing: it fits.
 * The API server checks the same when an object is written, but not objects that were stored under an older
 * definition, nor by servers whose definition somebody changed.
 */
export function specProblems(kind: Kind, spec: object): string[] {
  const validate = validatorOf(kind);
  return validate(spec) ? [] : (validate.errors ?? []).map(problem);
}

const validators = new Map<Kind, ValidateFunction>();

function validatorOf(kind: Kind): ValidateFunction {
  let validate = validators.get(kind);
  if (!validate) {
    // Compiled when first needed: it takes some milliseconds, and the CSI services never need it. The schema itself is
    // generated, and checking it would take longer than compiling it.
    const ajv = new Ajv({ allErrors: true, strict: true, keywords: ['example'], meta: false, validateSchema: false });
    ajv.addVocabulary(['x-kubernetes-validations', 'x-kubernetes-list-type', 'x-kubernetes-list-map-keys']);
    addFormats(ajv, ['int32', 'int64', 'date-time']);
    validate = ajv.compile(schemas[kind].properties.spec);
    validators.set(kind, validate);
  }
  return validate;
}

function problem({ instancePath, message = 'is wrong', params }: ErrorObject): string {
  const path = ['spec', ...instancePath.split('/').slice(1)].join('.');
  const { allowedValues, additionalProperty } = params as { allowedValues?: string[]; additionalProperty?: string };
  const detail = allowedValues?.join(', ') ?? additionalProperty;
  return `${path} ${message}${detail === undefined ? '' : `: ${detail}`}`;
}
