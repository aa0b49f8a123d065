# Unit tests of the daemon: store, API, controllers, node.
podrun_unit_test(unit_api_types
  SOURCES
    api_discovery_test.cc
    api_error_test.cc
    api_field_set_test.cc
    api_field_selector_test.cc
    api_openapi_test.cc
    api_patch_test.cc
    api_strategic_merge_test.cc
    api_table_test.cc
  USES podrun_base podrun_manifest podrun_manifest_load podrun_api_types)
podrun_unit_test(unit_store
  SOURCES
    store_crash_test.cc
    store_fault_test.cc
    store_fault_vfs.cc
    store_file_test.cc
    store_objects_test.cc
    store_watch_test.cc
  USES podrun_base podrun_store podrun_test_support)
podrun_unit_test(unit_controllers
  SOURCES
    controllers_controller_ref_test.cc
    controllers_cron_job_test.cc
    controllers_cron_model_test.cc
    controllers_cron_time_test.cc
    controllers_daemon_model_test.cc
    controllers_daemon_rollout_test.cc
    controllers_daemon_set_test.cc
    controllers_deployment_model_test.cc
    controllers_deployment_test.cc
    controllers_fake_api.cc
    controllers_garbage_test.cc
    controllers_job_model_test.cc
    controllers_job_policy_test.cc
    controllers_job_test.cc
    controllers_housekeeping_test.cc
    controllers_manager_test.cc
    controllers_model_test.cc
    controllers_node_model_test.cc
    controllers_node_test.cc
    controllers_pod_names_test.cc
    controllers_pod_state_test.cc
    controllers_replica_controller_test.cc
    controllers_replicas_test.cc
    controllers_scheduler_test.cc
    controllers_selector_test.cc
    controllers_work_queue_test.cc
  USES podrun_base podrun_manifest podrun_store podrun_api_types podrun_controllers podrun_test_support)
podrun_unit_test(unit_scheduling
  SOURCES
    scheduling_admission_test.cc
    scheduling_decision_test.cc
    scheduling_queue_test.cc
  USES podrun_base podrun_manifest podrun_manifest_load podrun_manifest_selector podrun_store podrun_scheduling)
podrun_unit_test(unit_api_server
  SOURCES
    api_server_credentials_test.cc
    api_server_http_test.cc
    api_server_jwt_test.cc
    api_server_parse_test.cc
    api_server_stream_test.cc
    api_server_tls_test.cc
  USES podrun_base podrun_manifest podrun_manifest_load podrun_api_types podrun_api_server podrun_test_support)
podrun_unit_test(unit_node
  SOURCES
    node_config_files_test.cc
    node_event_copy_test.cc
    node_object_test.cc
    node_plan_test.cc
    node_pod_object_test.cc
    node_resize_test.cc
    node_volume_config_test.cc
    pod_spawn_test.cc
  USES podrun_base podrun_pod_spawn podrun_store podrun_api_types podrun_node_decide podrun_node podrun_test_support podrun_test_node)
podrun_unit_test(unit_remote
  SOURCES
    agent_record_test.cc
    remote_client_test.cc
    remote_mirror_test.cc
  USES podrun_base podrun_manifest podrun_store podrun_api_types podrun_api podrun_api_server podrun_node_record podrun_remote
    podrun_test_support podrun_test_node
  LINKS Threads::Threads)
podrun_unit_test(unit_api
  SOURCES
    api_apply_test.cc
    api_authorize_test.cc
    api_deletion_test.cc
    api_handle_read_test.cc
    api_handle_subresource_test.cc
    api_handle_write_test.cc
    api_log_options_test.cc
    api_metrics_test.cc
    api_registry_test.cc
    api_request_info_test.cc
    api_resize_test.cc
    api_service_accounts_test.cc
    api_service_addresses_test.cc
    api_watch_test.cc
  USES podrun_base podrun_manifest podrun_manifest_load podrun_manifest_admit podrun_store podrun_api_types
    podrun_pod_decide podrun_api podrun_test_support)
podrun_unit_test(unit_api_protobuf
  SOURCES
    api_protobuf_body_test.cc
  USES podrun_base podrun_api_types podrun_api_protobuf)
find_package(ZLIB REQUIRED)
podrun_unit_test(unit_api_exec_wire
  SOURCES
    api_spdy_test.cc
    api_websocket_test.cc
  USES podrun_base podrun_manifest podrun_manifest_load podrun_api_types podrun_api_server podrun_test_support
  LINKS ZLIB::ZLIB)
podrun_unit_test(unit_daemon
  SOURCES
    daemon_added_nodes_test.cc
    daemon_attach_test.cc
    daemon_exec_test.cc
    daemon_forward_test.cc
    daemon_metrics_test.cc
    daemon_node_order_test.cc
  USES podrun_base podrun_manifest podrun_store podrun_api_types podrun_api_server podrun_node podrun_log_reader podrun_pod_logs podrun_controllers podrun_forward podrun_daemon
    podrun_test_support podrun_test_node
  LINKS ZLIB::ZLIB)
podrun_unit_test(unit_client
  SOURCES
    client_drain_test.cc
    client_node_table_test.cc
    client_patch_test.cc
    client_path_test.cc
    client_taint_words_test.cc
    client_text_test.cc
    client_wire_test.cc
    client_words_test.cc
  USES podrun_base podrun_manifest podrun_api_types podrun_client_words podrun_client)
