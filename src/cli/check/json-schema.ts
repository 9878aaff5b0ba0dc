/** JSON Schema 2020-12, all problems at once. The schemas of policy data are trusted files of the repository. */
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { isObject, type Json } from '../../decision/model.ts';

export interface SchemaProblem {
  /** JSON pointer (RFC 6901) into the value. */
  readonly pointer: string;
  readonly message: string;
}

/** Throws where the schema itself is wrong: an unknown keyword is an error, so that a typo in a schema fails too. */
export function compileSchema(schema: Json): (value: unknown) => readonly SchemaProblem[] {
  if (!isObject(schema)) throw new Error('a schema is an object');
  const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, allowUnionTypes: true });
  const validate = ajv.compile(schema);
  return (value) => (validate(value) ? [] : (validate.errors ?? []).filter(tells).map(problemOf));
}

/** `if` only repeats that something inside it failed. */
function tells(error: ErrorObject): boolean {
  return error.keyword !== 'if';
}

function problemOf({ keyword, instancePath, params, message, propertyName }: ErrorObject): SchemaProblem {
  switch (keyword) {
    case 'additionalProperties':
      return {
        pointer: `${instancePath}/${escaped(params.additionalProperty)}`,
        message: 'this name is not known here',
      };
    case 'propertyNames':
      return {
        pointer: `${instancePath}/${escaped(params.propertyName)}`,
        message: 'this name is not written as it should be',
      };
    case 'required':
      return { pointer: instancePath, message: `"${params.missingProperty}" is missing` };
    case 'enum':
      return { pointer: instancePath, message: `must be one of: ${params.allowedValues.join(', ')}` };
    case 'const':
      return { pointer: instancePath, message: `must be ${JSON.stringify(params.allowedValue)}` };
    default:
      return {
        pointer: propertyName === undefined ? instancePath : `${instancePath}/${escaped(propertyName)}`,
        message: message ?? 'is not valid',
      };
  }
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
