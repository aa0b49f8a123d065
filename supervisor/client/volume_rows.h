// What is shown of each kind of volume.
#pragma once

#include <string_view>
#include <vector>

#include "supervisor/api/json_path.h"

namespace podrun::client {

enum class VolumeForm {
  kText,
  kTextOrNone,  // "<none>" where it is absent
  kNumber,
  kTruth,
  kSize,       // "<unset>" unless it is above 0
  kList,       // "[a b]"
  kCommaList,  // "a, b"
  kMap,        // "map[key:value]"
  kReference,  // a secret's name, in Go's spelling of the pointer to it
};

struct VolumeRow {
  std::string_view title;  // with its colon, where it has one
  std::string_view path;
  VolumeForm form = VolumeForm::kText;
};

struct VolumeKind {
  std::string_view field;  // of the volume
  std::string_view type;
  std::vector<VolumeRow> rows;
};

/// Null where the volume has no source, or one that kubectl does not know either.
const VolumeKind* volume_kind_of(const api::Json& volume);

}  // namespace podrun::client
