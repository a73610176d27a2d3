local status = obj.status
if status == nil or status.observedGeneration ~= obj.metadata.generation then
  return {status = "Progressing", message = "The operator has yet to look at this"}
end

for _, condition in ipairs(status.conditions or {}) do
  if condition.type == "Ready" then
    local health = {True = "Healthy", False = "Degraded", Unknown = "Progressing"}
    return {status = health[condition.status], message = condition.message}
  end
end
return {status = "Progressing", message = ""}
