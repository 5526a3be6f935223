/** Notation: ../notation.ts */
export const apiextensionsTypes = `
package io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1
CustomResourceDefinition
  apiVersion kind: string
  metadata: ObjectMeta
  spec!: CustomResourceDefinitionSpec
  status: CustomResourceDefinitionStatus
CustomResourceDefinitionSpec
  conversion: CustomResourceConversion = {"strategy":"None"}
  group!: string
  scope!: string(Cluster|Namespaced)
  names!: CustomResourceDefinitionNames
  preserveUnknownFields: boolean
  versions!: [CustomResourceDefinitionVersion]
CustomResourceConversion
  strategy!: string
  webhook: any
CustomResourceDefinitionNames
  categories shortNames: [string]
  kind! listKind plural! singular: string
CustomResourceDefinitionVersion
  additionalPrinterColumns: [CustomResourceColumnDefinition]
  deprecated served! storage!: boolean
  deprecationWarning name!: string
  schema: CustomResourceValidation
  selectableFields: [SelectableField]
  subresources: CustomResourceSubresources
SelectableField
  jsonPath!: string
CustomResourceColumnDefinition
  description format jsonPath! name! type!: string
  priority: int32
CustomResourceValidation
  openAPIV3Schema: JSONSchemaProps
JSONSchemaProps
  $ref $schema description format id pattern title type: string
  additionalItems additionalProperties default example items: any
  allOf anyOf oneOf: [JSONSchemaProps]
  definitions patternProperties properties: {JSONSchemaProps}
  dependencies externalDocs: any
  enum: [any]
  exclusiveMaximum exclusiveMinimum nullable uniqueItems: boolean
  maxItems maxLength maxProperties minItems minLength minProperties: int64
  maximum minimum multipleOf: number
  not: JSONSchemaProps
  required: [string]
  x-kubernetes-embedded-resource x-kubernetes-int-or-string x-kubernetes-preserve-unknown-fields: boolean
  x-kubernetes-list-type x-kubernetes-map-type: string
  x-kubernetes-list-map-keys: [string]
  x-kubernetes-validations: [ValidationRule] by rule
ValidationRule
  rule! fieldPath message messageExpression reason: string
  optionalOldSelf: boolean
CustomResourceSubresources
  scale: any
  status: any
CustomResourceDefinitionStatus
  acceptedNames: CustomResourceDefinitionNames
  conditions: [CustomResourceDefinitionCondition] by type
  storedVersions: [string]
CustomResourceDefinitionCondition
  lastTransitionTime: time
  message reason status! type!: string
  observedGeneration: int64
`;
