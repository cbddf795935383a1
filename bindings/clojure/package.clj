;; Makes the package: a jar with the sources and, so that it loads in a fraction of the time, their classes.
;; What this Java cannot load (FFM below version 22, JNA where it is not there) goes in as source only.
;;
;;     java -cp CLOJURE:JNA:src:CLASSES clojure.main package.clj CLASSES FILE.jar
;;
;; where CLASSES is an empty folder. package.sh does that on Debian.

(ns package
  (:require [clojure.java.io :as io])
  (:import (java.io File)
           (java.util.jar Attributes$Name JarEntry JarOutputStream Manifest)))

(defn- compile-all [classes]
  (binding [*compile-path* classes]
    (compile 'nlib.core)
    (doseq [platform '[nlib.platform.jna nlib.platform.ffm]]
      (try (compile platform)
           (catch Throwable _ (println "source only:" platform))))))

(defn- files [^File folder]
  (for [^File file (sort (file-seq folder)) :when (.isFile file)]
    [(str (.relativize (.toURI folder) (.toURI file))) file]))

(defn- write-jar [out folders]
  (let [manifest (doto (Manifest.)
                   (-> .getMainAttributes (.put Attributes$Name/MANIFEST_VERSION "1.0")))]
    (with-open [jar (JarOutputStream. (io/output-stream out) manifest)]
      (doseq [[folder time] folders
              [name file] (files (io/file folder))]
        (.putNextEntry jar (doto (JarEntry. ^String name) (.setTime time)))
        (io/copy file jar)
        (.closeEntry jar)))))

(let [[classes out] *command-line-args*
      now (System/currentTimeMillis)]
  (compile-all classes)
  ;; Clojure takes a class only when it is newer than its source.
  (write-jar out [["src" (- now 60000)] [classes now]])
  (shutdown-agents))
