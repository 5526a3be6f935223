/** Field numbers of the other groups, and of the types that all share. Notation: ./table.ts */
export const groupFields = `
package io.k8s.apimachinery.pkg.apis.meta.v1
ObjectMeta = name generateName namespace selfLink uid resourceVersion generation# creationTimestamp:Time
  deletionTimestamp:Time deletionGracePeriodSeconds# labels% annotations% ownerReferences*OwnerReference
  finalizers* @17 managedFields*ManagedFieldsEntry
OwnerReference = kind @3 name uid apiVersion controller? blockOwnerDeletion?
ManagedFieldsEntry = manager operation apiVersion time:Time @6 fieldsType fieldsV1:FieldsV1 subresource
LabelSelector = matchLabels% matchExpressions*LabelSelectorRequirement
LabelSelectorRequirement = key operator values*
Condition = type status observedGeneration# lastTransitionTime:Time reason message
DeleteOptions = gracePeriodSeconds# preconditions:Preconditions orphanDependents? propagationPolicy dryRun*
Preconditions = uid resourceVersion
package io.k8s.api.events.v1
Event = metadata:ObjectMeta eventTime:MicroTime series:EventSeries reportingController reportingInstance action
  reason regarding:ObjectReference related:ObjectReference note type deprecatedSource:EventSource
  deprecatedFirstTimestamp:Time deprecatedLastTimestamp:Time deprecatedCount#
EventSeries = count# lastObservedTime:MicroTime
package io.k8s.api.apps.v1
Deployment = metadata:ObjectMeta spec:DeploymentSpec status:DeploymentStatus
DeploymentSpec = replicas# selector:LabelSelector template:PodTemplateSpec strategy:DeploymentStrategy
  minReadySeconds# revisionHistoryLimit# paused? @9 progressDeadlineSeconds#
DeploymentStrategy = type rollingUpdate:RollingUpdateDeployment
RollingUpdateDeployment = maxUnavailable:IntOrString maxSurge:IntOrString
DeploymentStatus = observedGeneration# replicas# updatedReplicas# availableReplicas# unavailableReplicas#
  conditions*DeploymentCondition readyReplicas# collisionCount#
DeploymentCondition = type status @4 reason message lastUpdateTime:Time lastTransitionTime:Time
DaemonSet = metadata:ObjectMeta spec:DaemonSetSpec status:DaemonSetStatus
DaemonSetSpec = selector:LabelSelector template:PodTemplateSpec updateStrategy:DaemonSetUpdateStrategy
  minReadySeconds# @6 revisionHistoryLimit#
DaemonSetUpdateStrategy = type rollingUpdate:RollingUpdateDaemonSet
RollingUpdateDaemonSet = maxUnavailable:IntOrString maxSurge:IntOrString
DaemonSetStatus = currentNumberScheduled# numberMisscheduled# desiredNumberScheduled# numberReady#
  observedGeneration# updatedNumberScheduled# numberAvailable# numberUnavailable# collisionCount#
  conditions*DaemonSetCondition
DaemonSetCondition = type status lastTransitionTime:Time reason message
StatefulSet = metadata:ObjectMeta spec:StatefulSetSpec status:StatefulSetStatus
StatefulSetSpec = replicas# selector:LabelSelector template:PodTemplateSpec
  volumeClaimTemplates*PersistentVolumeClaim serviceName podManagementPolicy
  updateStrategy:StatefulSetUpdateStrategy revisionHistoryLimit# minReadySeconds#
  persistentVolumeClaimRetentionPolicy:StatefulSetClaimRetention
StatefulSetUpdateStrategy = type rollingUpdate:RollingUpdateStatefulSetStrategy
RollingUpdateStatefulSetStrategy = partition# maxUnavailable:IntOrString
StatefulSetClaimRetention = whenDeleted whenScaled
StatefulSetStatus = observedGeneration# replicas# readyReplicas# currentReplicas# updatedReplicas#
  currentRevision updateRevision @9 collisionCount# conditions*StatefulSetCondition availableReplicas#
StatefulSetCondition = type status lastTransitionTime:Time reason message
ReplicaSet = metadata:ObjectMeta spec:ReplicaSetSpec status:ReplicaSetStatus
ReplicaSetSpec = replicas# selector:LabelSelector template:PodTemplateSpec minReadySeconds#
ReplicaSetStatus = replicas# fullyLabeledReplicas# observedGeneration# readyReplicas# availableReplicas#
  conditions*ReplicaSetCondition
ReplicaSetCondition = type status lastTransitionTime:Time reason message
ControllerRevision = metadata:ObjectMeta data:RawExtension revision#
package io.k8s.api.storage.v1
StorageClass = metadata:ObjectMeta provisioner parameters% reclaimPolicy mountOptions* allowVolumeExpansion?
  volumeBindingMode allowedTopologies*TopologySelectorTerm
VolumeAttachment = metadata:ObjectMeta spec:VolumeAttachmentSpec status:VolumeAttachmentStatus
VolumeAttachmentSpec = attacher source:VolumeAttachmentSource nodeName
VolumeAttachmentSource = persistentVolumeName inlineVolumeSpec:PersistentVolumeSpec
VolumeAttachmentStatus = attached? attachmentMetadata% attachError:VolumeError detachError:VolumeError
VolumeError = time:Time message errorCode#
CSIDriver = metadata:ObjectMeta spec:CSIDriverSpec
CSIDriverSpec = attachRequired? podInfoOnMount? volumeLifecycleModes* storageCapacity? fsGroupPolicy
  tokenRequests*TokenRequest requiresRepublish? seLinuxMount? nodeAllocatableUpdatePeriodSeconds#
TokenRequest = audience expirationSeconds#
CSINode = metadata:ObjectMeta spec:CSINodeSpec
CSINodeSpec = drivers*CSINodeDriver
CSINodeDriver = name nodeID topologyKeys* allocatable:VolumeNodeResources
VolumeNodeResources = count#
CSIStorageCapacity = metadata:ObjectMeta nodeTopology:LabelSelector storageClassName capacity:Quantity
  maximumVolumeSize:Quantity
package io.k8s.api.coordination.v1
Lease = metadata:ObjectMeta spec:LeaseSpec
LeaseSpec = holderIdentity leaseDurationSeconds# acquireTime:MicroTime renewTime:MicroTime leaseTransitions#
  strategy preferredHolder
package io.k8s.api.policy.v1
PodDisruptionBudget = metadata:ObjectMeta spec:PodDisruptionBudgetSpec status:PodDisruptionBudgetStatus
PodDisruptionBudgetSpec = minAvailable:IntOrString selector:LabelSelector maxUnavailable:IntOrString
  unhealthyPodEvictionPolicy
PodDisruptionBudgetStatus = observedGeneration# disruptedPods%Time disruptionsAllowed# currentHealthy#
  desiredHealthy# expectedPods# conditions*Condition
Eviction = metadata:ObjectMeta deleteOptions:DeleteOptions
package io.k8s.api.scheduling.v1
PriorityClass = metadata:ObjectMeta value# globalDefault? description preemptionPolicy
package io.k8s.api.rbac.v1
Role = metadata:ObjectMeta rules*PolicyRule
PolicyRule = verbs* apiGroups* resources* resourceNames* nonResourceURLs*
ClusterRole = metadata:ObjectMeta rules*PolicyRule aggregationRule:AggregationRule
AggregationRule = clusterRoleSelectors*LabelSelector
RoleBinding = metadata:ObjectMeta subjects*Subject roleRef:RoleRef
Subject = kind apiGroup name namespace
RoleRef = apiGroup kind name
ClusterRoleBinding = metadata:ObjectMeta subjects*Subject roleRef:RoleRef
package io.k8s.api.authorization.v1
SelfSubjectAccessReview = metadata:ObjectMeta spec:SelfSubjectAccessReviewSpec status:SubjectAccessReviewStatus
SelfSubjectAccessReviewSpec = resourceAttributes:ResourceAttributes nonResourceAttributes:NonResourceAttributes
ResourceAttributes = namespace verb group version resource subresource name
NonResourceAttributes = path verb
SubjectAccessReviewStatus = allowed? reason evaluationError denied?
SubjectAccessReview = metadata:ObjectMeta spec:SubjectAccessReviewSpec status:SubjectAccessReviewStatus
SubjectAccessReviewSpec = resourceAttributes:ResourceAttributes nonResourceAttributes:NonResourceAttributes user
  groups* extra%ExtraValue uid
LocalSubjectAccessReview = metadata:ObjectMeta spec:SubjectAccessReviewSpec status:SubjectAccessReviewStatus
SelfSubjectRulesReview = metadata:ObjectMeta spec:SelfSubjectRulesReviewSpec status:SubjectRulesReviewStatus
SelfSubjectRulesReviewSpec = namespace
SubjectRulesReviewStatus = resourceRules*ResourceRule nonResourceRules*NonResourceRule incomplete?
  evaluationError
ResourceRule = verbs* apiGroups* resources* resourceNames*
NonResourceRule = verbs* nonResourceURLs*
package io.k8s.api.authentication.v1
TokenReview = metadata:ObjectMeta spec:TokenReviewSpec status:TokenReviewStatus
TokenReviewSpec = token audiences*
TokenReviewStatus = authenticated? user:UserInfo error audiences*
UserInfo = username uid groups* extra%ExtraValue
TokenRequest = metadata:ObjectMeta spec:TokenRequestSpec status:TokenRequestStatus
TokenRequestSpec = audiences* @3 boundObjectRef:BoundObjectReference expirationSeconds#
BoundObjectReference = kind apiVersion name uid
TokenRequestStatus = token expirationTimestamp:Time
SelfSubjectReview = metadata:ObjectMeta status:SelfSubjectReviewStatus
SelfSubjectReviewStatus = userInfo:UserInfo
`;
