/** Small groups. Notation: ../notation.ts */
export const otherTypes = `
package io.k8s.api.coordination.v1
Lease
  apiVersion kind: string
  metadata: ObjectMeta
  spec: LeaseSpec
LeaseSpec
  acquireTime renewTime: microtime
  holderIdentity preferredHolder strategy: string
  leaseDurationSeconds leaseTransitions: int32

package io.k8s.api.scheduling.v1
PriorityClass
  apiVersion kind: string
  metadata: ObjectMeta
  description: string
  globalDefault: boolean
  preemptionPolicy: string(Never|PreemptLowerPriority) = PreemptLowerPriority
  value!: int32

package io.k8s.api.policy.v1
PodDisruptionBudget
  apiVersion kind: string
  metadata: ObjectMeta
  spec: PodDisruptionBudgetSpec
  status: PodDisruptionBudgetStatus
PodDisruptionBudgetSpec
  maxUnavailable minAvailable: intstr
  selector: LabelSelector
  unhealthyPodEvictionPolicy: string
PodDisruptionBudgetStatus
  conditions: [Condition] by type
  currentHealthy desiredHealthy disruptionsAllowed expectedPods: int32 = 0
  disruptedPods: {time}
  observedGeneration: int64
Eviction
  apiVersion kind: string
  metadata: ObjectMeta
  deleteOptions: DeleteOptions

package io.k8s.api.rbac.v1
Role
  apiVersion kind: string
  metadata: ObjectMeta
  rules: [PolicyRule]
ClusterRole
  apiVersion kind: string
  metadata: ObjectMeta
  aggregationRule: AggregationRule
  rules: [PolicyRule]
AggregationRule
  clusterRoleSelectors: [LabelSelector]
PolicyRule
  apiGroups nonResourceURLs resourceNames resources verbs!: [string]
RoleBinding
  apiVersion kind: string
  metadata: ObjectMeta
  roleRef!: RoleRef
  subjects: [Subject]
ClusterRoleBinding
  apiVersion kind: string
  metadata: ObjectMeta
  roleRef!: RoleRef
  subjects: [Subject]
RoleRef atomic
  apiGroup: string = rbac.authorization.k8s.io
  kind! name!: string
Subject atomic
  apiGroup kind! name! namespace: string

package io.k8s.api.authorization.v1
SelfSubjectAccessReview
  apiVersion kind: string
  metadata: ObjectMeta
  spec! status: any
SubjectAccessReview
  apiVersion kind: string
  metadata: ObjectMeta
  spec! status: any
LocalSubjectAccessReview
  apiVersion kind: string
  metadata: ObjectMeta
  spec! status: any
SelfSubjectRulesReview
  apiVersion kind: string
  metadata: ObjectMeta
  spec! status: any

package io.k8s.api.authentication.v1
TokenReview
  apiVersion kind: string
  metadata: ObjectMeta
  spec! status: any
TokenRequest
  apiVersion kind: string
  metadata: ObjectMeta
  spec! status: any
SelfSubjectReview
  apiVersion kind: string
  metadata: ObjectMeta
  status: any
`;
