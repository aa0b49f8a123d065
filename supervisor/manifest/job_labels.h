// The labels by which a Job that chooses no selector of its own knows its pods
// (pkg/registry/batch/job, generateSelector): today's names, and those that they had before.
#pragma once

namespace podrun::manifest {

struct JobLabel {
  const char* name;
  const char* field;  // of the Job's metadata, whose value it has
};

inline constexpr const char* kJobUidLabel = "batch.kubernetes.io/controller-uid";
inline constexpr const char* kJobNameLabel = "batch.kubernetes.io/job-name";
inline constexpr JobLabel kJobLabels[] = {{kJobUidLabel, "uid"},
                                          {kJobNameLabel, "name"},
                                          {"controller-uid", "uid"},
                                          {"job-name", "name"}};

}  // namespace podrun::manifest
