;;;; SQLite: a table in memory, rows with values from Lisp, a query.
;;;;
;;;;     sbcl --script sqlite.lisp    or    ecl --shell sqlite.lisp

(require :asdf)
(asdf:load-system "nlib")

(nlib:define-library sqlite :name "sqlite3")
(nlib:define-functions sqlite :prefixes ("sqlite3_"))

(defvar *database*)

(defun expect (status &rest good)
  "Signals SQLite's own words unless STATUS is one of GOOD."
  (unless (member status (or good (list sqlite:+sqlite-ok+)))
    (error "sqlite: ~a" (sqlite:errmsg *database*)))
  status)

(defun open-database (name)
  (nlib:with-foreign ((place '(:pointer "sqlite3") :library 'sqlite))
    (let ((status (sqlite:open name place)))
      (let ((*database* (nlib:value place)))
        (expect status)
        *database*))))

(defun bind (statement values)
  (loop for value in values
        for index from 1
        do (expect (etypecase value
                     (integer (sqlite:bind-int64 statement index value))
                     (real (sqlite:bind-double statement index value))
                     (null (sqlite:bind-null statement index))
                     ;; SQLITE_TRANSIENT: SQLite copies the text.
                     (string (sqlite:bind-text statement index value -1 sqlite:+sqlite-transient+))))))

(defun column (statement index)
  (let ((type (sqlite:column-type statement index)))
    (cond ((= type sqlite:+sqlite-integer+) (sqlite:column-int64 statement index))
          ((= type sqlite:+sqlite-float+) (sqlite:column-double statement index))
          ((= type sqlite:+sqlite-null+) nil)
          (t (nlib:foreign-string (sqlite:column-text statement index))))))

(defun query (sql &rest values)
  "The rows that SQL gives with VALUES for its question marks, a list of lists."
  (nlib:with-foreign ((place '(:pointer "sqlite3_stmt") :library 'sqlite))
    (expect (sqlite:prepare-v2 *database* sql -1 place nil))
    (let ((statement (nlib:value place)))
      (unwind-protect
           (progn
             (bind statement values)
             (loop while (= (expect (sqlite:step statement) sqlite:+sqlite-row+ sqlite:+sqlite-done+)
                            sqlite:+sqlite-row+)
                   collect (loop for i below (sqlite:column-count statement)
                                 collect (column statement i))))
        (sqlite:finalize statement)))))

(let ((*database* (open-database ":memory:")))
  (query "create table person (name text, age integer, height real)")
  (loop for row in '(("Ada" 36 1.65d0) ("Gödel" 71 1.68d0) ("Émilie" 42 nil))
        do (apply #'query "insert into person values (?, ?, ?)" row))
  (loop for (name age) in (query "select name, age from person where age < ? order by age" 99)
        do (format t "~a ~a~%" name age))
  (format t "mean age ~,1f~%" (first (first (query "select avg(age) from person"))))
  (sqlite:close *database*))
