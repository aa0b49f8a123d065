// What a client takes as an answer: its Accept header read in its order of preference.
#pragma once

#include <string>
#include <string_view>

namespace podrun::api {

enum class OutputForm {
  kObject,         // the object or list itself
  kTable,          // meta.k8s.io Table
  kPartialObject,  // PartialObjectMetadata(List): metadata alone
};

struct Output {
  OutputForm form = OutputForm::kObject;
  std::string meta_version = "v1";  // of Table and PartialObjectMetadata: "v1" or "v1beta1"
};

/// The first of the accepted types that podrun writes; throws ApiError 406 where there is none
/// (protobuf alone). An empty header accepts all.
Output negotiate(std::string_view accept);

}  // namespace podrun::api
