export { parseDmUUID, type MemberIdentity } from '../../dm-names';
