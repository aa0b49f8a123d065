// Events that controllers record about objects.
#pragma once

#include <string>

#include "supervisor/api/client.h"
#include "supervisor/controllers/json_access.h"

namespace podrun::controllers {

/// core/v1 ObjectReference of a stored object.
Json object_reference(const Json& object);

void record_normal(api::Client& client, const Json& object, const char* component,
                   const char* reason, const std::string& message);
void record_warning(api::Client& client, const Json& object, const char* component,
                    const char* reason, const std::string& message);

}  // namespace podrun::controllers
