local status = obj.status
if status == nil or status.observedGeneration ~= obj.metadata.generation then
  return {status = "Progressing", message = "The operator has yet to look at this"}
end

local message = ""
for _, condition in ipairs(status.conditions or {}) do
  if condition.type == "Stalled" and condition.status == "True" then
    return {status = "Degraded", message = condition.message}
  end
  if condition.reason == "InvalidSignature" then
    return {status = "Degraded", message = condition.message}
  end
  if condition.type == "Complete" then message = condition.message end
end

local health = {
  AwaitingSignatures = "Suspended",
  -- Whose turn it is is decided by people, too: the rotation before it has to be signed.
  Queued = "Suspended",
  Publishing = "Progressing",
  -- The new root is certain by now; that takes as long as spec.rotationPolicy says, and nobody has to do anything.
  Overlapping = "Healthy",
  Completed = "Healthy",
  -- Another root took its place. It may stay in Git, as a record.
  Superseded = "Healthy",
  Rejected = "Degraded",
}
return {status = health[status.phase] or "Progressing", message = message}
