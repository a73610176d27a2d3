local status = obj.status
if status == nil or status.observedGeneration ~= obj.metadata.generation then
  return {status = "Progressing", message = "The operator has yet to look at this"}
end

local conditions = {}
for _, condition in ipairs(status.conditions or {}) do
  if condition.status == "True" then
    conditions[condition.type] = condition
  elseif condition.type == "Ready" then
    conditions.NotReady = condition
  end
end

local function is(health, condition)
  return {status = health, message = condition.message}
end

-- An expired or keyless Factory, one that can't be published as declared, and a signature that doesn't hold.
if conditions.Stalled then return is("Degraded", conditions.Stalled) end
if conditions.Degraded then return is("Degraded", conditions.Degraded) end
local rotation = conditions.RotationPending
if rotation and rotation.reason == "InvalidSignature" then return is("Degraded", rotation) end

-- People are waited for; devices are served all the while. Online keys that overlap wait for nobody.
if conditions.Paused then return is("Suspended", conditions.Paused) end
if rotation and rotation.reason ~= "Overlapping" then return is("Suspended", rotation) end

if conditions.Ready then return is("Healthy", conditions.Ready) end
return {status = "Progressing", message = conditions.NotReady and conditions.NotReady.message or ""}
