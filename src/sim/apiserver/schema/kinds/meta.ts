/** Types that every group shares. Notation: ../notation.ts */
export const metaTypes = `
package io.k8s.apimachinery.pkg.apis.meta.v1
ObjectMeta
  name generateName namespace uid resourceVersion selfLink: string
  generation deletionGracePeriodSeconds: int64
  creationTimestamp deletionTimestamp: time
  labels annotations: {string}
  finalizers: [string] set
  ownerReferences: [OwnerReference] by uid
  managedFields: [ManagedFieldsEntry]
ManagedFieldsEntry
  apiVersion fieldsType manager operation subresource: string
  fieldsV1: any
  time: time
OwnerReference atomic
  apiVersion! kind! name! uid!: string
  blockOwnerDeletion controller: boolean
LabelSelector atomic
  matchExpressions: [LabelSelectorRequirement]
  matchLabels: {string}
LabelSelectorRequirement
  key! operator!: string
  values: [string]
Condition
  type! status! reason! message!: string
  lastTransitionTime!: time
  observedGeneration: int64
ListMeta
  continue resourceVersion selfLink: string
  remainingItemCount: int64
DeleteOptions
  apiVersion kind propagationPolicy: string
  dryRun: [string]
  gracePeriodSeconds: int64
  orphanDependents: boolean
  preconditions: Preconditions
Preconditions
  resourceVersion uid: string
Status
  apiVersion kind message reason status: string
  code: int32
  details: any
  metadata: ListMeta
`;
