// Random identifiers.
#pragma once

#include <string>

namespace podrun {

/// A random UUID (RFC 9562, version 4), lower case: what Kubernetes gives as metadata.uid.
std::string make_uuid();

}  // namespace podrun
