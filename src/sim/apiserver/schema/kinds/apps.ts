/** Notation: ../notation.ts */
export const appsTypes = `
package io.k8s.api.apps.v1
Deployment
  apiVersion kind: string
  metadata: ObjectMeta
  spec: DeploymentSpec
  status: DeploymentStatus
DeploymentSpec
  minReadySeconds: int32
  paused: boolean
  progressDeadlineSeconds: int32 = 600
  replicas: int32 = 1
  revisionHistoryLimit: int32 = 10
  selector!: LabelSelector
  strategy: DeploymentStrategy retain = {}
  template!: PodTemplateSpec
DeploymentStrategy
  rollingUpdate: RollingUpdateDeployment
  type: string(Recreate|RollingUpdate) = RollingUpdate
RollingUpdateDeployment
  maxSurge maxUnavailable: intstr
DeploymentStatus
  availableReplicas collisionCount readyReplicas replicas terminatingReplicas unavailableReplicas updatedReplicas: int32
  conditions: [DeploymentCondition] by type
  observedGeneration: int64
DeploymentCondition
  lastTransitionTime lastUpdateTime: time
  message reason status! type!: string
DaemonSet
  apiVersion kind: string
  metadata: ObjectMeta
  spec: DaemonSetSpec
  status: DaemonSetStatus
DaemonSetSpec
  minReadySeconds: int32
  revisionHistoryLimit: int32 = 10
  selector!: LabelSelector
  template!: PodTemplateSpec
  updateStrategy: DaemonSetUpdateStrategy = {}
DaemonSetUpdateStrategy
  rollingUpdate: RollingUpdateDaemonSet
  type: string(RollingUpdate|OnDelete) = RollingUpdate
RollingUpdateDaemonSet
  maxSurge maxUnavailable: intstr
DaemonSetStatus
  collisionCount numberAvailable numberUnavailable updatedNumberScheduled: int32
  currentNumberScheduled desiredNumberScheduled numberMisscheduled numberReady: int32 = 0
  conditions: [SetCondition] by type
  observedGeneration: int64
SetCondition
  lastTransitionTime: time
  message reason status! type!: string
StatefulSet
  apiVersion kind: string
  metadata: ObjectMeta
  spec: StatefulSetSpec
  status: StatefulSetStatus
StatefulSetSpec
  minReadySeconds: int32
  ordinals: StatefulSetOrdinals
  persistentVolumeClaimRetentionPolicy: StatefulSetClaimRetention
  podManagementPolicy: string(OrderedReady|Parallel) = OrderedReady
  replicas: int32 = 1
  revisionHistoryLimit: int32 = 10
  selector!: LabelSelector
  serviceName: string
  template!: PodTemplateSpec
  updateStrategy: StatefulSetUpdateStrategy = {}
  volumeClaimTemplates: [PersistentVolumeClaim]
StatefulSetOrdinals
  start: int32
StatefulSetClaimRetention
  whenDeleted whenScaled: string
StatefulSetUpdateStrategy
  rollingUpdate: RollingUpdateStatefulSetStrategy
  type: string(RollingUpdate|OnDelete) = RollingUpdate
RollingUpdateStatefulSetStrategy
  maxUnavailable: intstr
  partition: int32 = 0
StatefulSetStatus
  availableReplicas replicas: int32 = 0
  collisionCount currentReplicas readyReplicas updatedReplicas: int32
  conditions: [SetCondition] by type
  currentRevision updateRevision: string
  observedGeneration: int64
ReplicaSet
  apiVersion kind: string
  metadata: ObjectMeta
  spec: ReplicaSetSpec
  status: ReplicaSetStatus
ReplicaSetSpec
  minReadySeconds: int32
  replicas: int32 = 1
  selector!: LabelSelector
  template: PodTemplateSpec
ReplicaSetStatus
  availableReplicas fullyLabeledReplicas readyReplicas terminatingReplicas: int32
  replicas: int32 = 0
  conditions: [SetCondition] by type
  observedGeneration: int64
ControllerRevision
  apiVersion kind: string
  metadata: ObjectMeta
  data: any atomic
  revision!: int64
`;
